// Another protocol on the port: what a proxy or a captive portal answers.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_garbage(Welcome& welcome, const mimir::codec::Json&) { welcome.deed = Welcome::Deed::Garbage; }

}  // namespace

void register_tls_garbage(Faults& faults) {
  faults.add({.name = "tls.garbage",
              .title = "Bytes that are no TLS answer the ClientHello, then the stream ends",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_garbage,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
