// A JWT that comes too late (OIDC Core §3.1.3.7 no. 9, RFC 7519 §4.1.4).
#include "protocol/jwt_fault.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void expire_jwt(Call& call, const Json& arguments) {
  const auto end = unix_seconds(call.now) - by_seconds(arguments);
  call.signing->claims.set("exp", end);
  call.signing->claims.set("iat", end - 3600);
}

}  // namespace

void register_jwt_expired(Faults& faults) {
  faults.add(jwt_fault("jwt.expired", "The JWT has expired before it arrives; its signature is right", expire_jwt,
                       {by_s_argument("So many seconds ago")}));
}

}  // namespace mockoauth::server
