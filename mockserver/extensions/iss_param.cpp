// Who answered, in the answer: RFC 9207.
#include "protocol/extension.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// RFC 9207 §3
void describe_iss_param(const RealmState&, Json& document) {
  document.set("authorization_response_iss_parameter_supported", Json(true));
}

}  // namespace

void register_iss_param(Extensions& extensions) {
  extensions.add({.name = "iss_param", .describe = describe_iss_param});
}

}  // namespace mockoauth::server
