// A server set up by hand; or somebody in between who has no CA.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_self_signed(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::SelfSigned;
}

}  // namespace

void register_tls_self_signed(Faults& faults) {
  faults.add({.name = "tls.self_signed",
              .title = "The server shows a certificate that it signed itself",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_self_signed,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
