// RFC 5280 §4.1.2.5: what a client with a clock far behind sees.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_not_yet_valid(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::NotYetValid;
}

}  // namespace

void register_tls_not_yet_valid(Faults& faults) {
  faults.add({.name = "tls.not_yet_valid",
              .title = "The server shows a certificate that is not valid yet",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_not_yet_valid,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
