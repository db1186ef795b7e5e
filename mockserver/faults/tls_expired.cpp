// RFC 5280 §4.1.2.5: the commonest reason why a login breaks overnight.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_expired(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::Expired;
}

}  // namespace

void register_tls_expired(Faults& faults) {
  faults.add({.name = "tls.expired",
              .title = "The server shows a certificate that has expired",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_expired,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
