// A JWT without a signature: it must not be accepted (RFC 8725 §3.2).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void alg_none(Call& call, const Json&) {
  call.signing->header.set("alg", "none");
  call.signing->signature = SigningJwt::Signature::None;
}

}  // namespace

void register_jwt_alg_none(Faults& faults) {
  faults.add(jwt_fault("jwt.alg_none", "The JWT has the alg none and no signature", alg_none));
}

}  // namespace mockoauth::server
