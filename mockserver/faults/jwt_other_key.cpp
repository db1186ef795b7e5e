// A good signature by somebody else, under the kid of the real key (RFC 8725 §3.8).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void other_key(Call& call, const Json&) { call.signing->signature = SigningJwt::Signature::OtherKey; }

}  // namespace

void register_jwt_other_key(Faults& faults) {
  faults.add(jwt_fault("jwt.other_key",
                       "The JWT is signed by a key that is not in the key set, under the kid of one that is",
                       other_key));
}

}  // namespace mockoauth::server
