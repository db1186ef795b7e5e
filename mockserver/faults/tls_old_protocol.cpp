// RFC 8996: a client must not go along.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_old_protocol(Welcome& welcome, const mimir::codec::Json&) { welcome.old_protocol = true; }

}  // namespace

void register_tls_old_protocol(Faults& faults) {
  faults.add({.name = "tls.old_protocol",
              .title = "The server speaks TLS 1.0 and 1.1 only",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_old_protocol,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
