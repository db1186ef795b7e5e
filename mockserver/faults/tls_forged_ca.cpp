// RFC 5280 §6.1: a name proves nothing. Libraries tell this apart from an unknown issuer, and clients trip over that.
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void change_tls_forged_ca(Welcome& welcome, const mimir::codec::Json&) {
  welcome.certificate = Welcome::Certificate::ForgedCa;
}

}  // namespace

void register_tls_forged_ca(Faults& faults) {
  faults.add(
      {.name = "tls.forged_ca",
       .title = "The server shows a certificate of a CA that bears the name of the trusted one and has another key",
       .layer = "tls",
       .phase = Phase::Handshake,
       .welcome = change_tls_forged_ca,
       .example = {.asks = "jwks"}});
}

}  // namespace mockoauth::server
