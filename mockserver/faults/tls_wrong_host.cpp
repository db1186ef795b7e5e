// RFC 6125 §6: somebody in between, or a virtual host set up wrongly.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_wrong_host(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::WrongHost;
}

}  // namespace

void register_tls_wrong_host(Faults& faults) {
  faults.add({.name = "tls.wrong_host",
              .title = "The server shows a good certificate of another host",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_wrong_host,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
