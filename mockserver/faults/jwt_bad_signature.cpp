// A signature with one wrong bit (RFC 7515 §5.2).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void bad_signature(Call& call, const Json&) { call.signing->signature = SigningJwt::Signature::Broken; }

}  // namespace

void register_jwt_bad_signature(Faults& faults) {
  faults.add(jwt_fault("jwt.bad_signature", "One bit of the JWT's signature is another one", bad_signature));
}

}  // namespace mockoauth::server
