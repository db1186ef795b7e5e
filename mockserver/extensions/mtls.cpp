// Tokens bound to a client certificate, RFC 8705.
#include "protocol/extension.hpp"

namespace mockoauth::server {
namespace {

// §3.3
void describe_mtls(const RealmState&, mimir::codec::Json& document) {
  document.set("tls_client_certificate_bound_access_tokens", mimir::codec::Json(true));
}

}  // namespace

void register_mtls(Extensions& extensions) { extensions.add({.name = "mtls", .describe = describe_mtls}); }

}  // namespace mockoauth::server
