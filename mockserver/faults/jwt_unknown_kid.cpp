// A kid that is not in the key set: one new look at it is enough (OIDC Core §10.1.1).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void unknown_kid(Call& call, const Json&) { call.signing->header.set("kid", "not-in-the-key-set"); }

}  // namespace

void register_jwt_unknown_kid(Faults& faults) {
  faults.add(jwt_fault("jwt.unknown_kid",
                       "The JWT names a kid that is not in the key set; its signature is right",
                       unknown_kid));
}

}  // namespace mockoauth::server
