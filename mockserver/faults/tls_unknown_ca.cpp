// RFC 5280 §6.1: a company's own CA that is missing on this machine; or somebody in between.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_unknown_ca(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::UnknownCa;
}

}  // namespace

void register_tls_unknown_ca(Faults& faults) {
  faults.add({.name = "tls.unknown_ca",
              .title = "The server shows a certificate of a CA that nobody trusts",
              .layer = "tls",
              .phase = Phase::Handshake,
              .welcome = change_tls_unknown_ca,
              .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
