// RFC 8446 §6.2: a server that has nothing in common with the client.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_abort(Welcome& welcome, const mimir::codec::Json&) { welcome.deed = Welcome::Deed::Alert; }

}  // namespace

void register_tls_abort(Faults& faults) {
  faults.add({.name = "tls.abort",
              .title = "The server ends the handshake with the alert handshake_failure",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_abort,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
