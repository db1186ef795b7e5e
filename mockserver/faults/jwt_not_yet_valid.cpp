// A JWT that comes too early (RFC 7519 §4.1.5).
#include "protocol/jwt_fault.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void not_yet(Call& call, const Json& arguments) {
  call.signing->claims.set("nbf", unix_seconds(call.now) + by_seconds(arguments));
}

}  // namespace

void register_jwt_not_yet_valid(Faults& faults) {
  faults.add(jwt_fault("jwt.not_yet_valid",
                       "The JWT is valid only later (nbf); its signature is right",
                       not_yet, {by_s_argument("In so many seconds")}));
}

}  // namespace mockoauth::server
