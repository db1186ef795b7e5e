// A JWT from the future: the clocks differ, or somebody lies (OIDC Core §3.1.3.7 no. 10).
#include "protocol/jwt_fault.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void future(Call& call, const Json& arguments) {
  const auto issued = unix_seconds(call.now) + by_seconds(arguments);
  call.signing->claims.set("iat", issued);
  call.signing->claims.set("exp", issued + 3600);
}

}  // namespace

void register_jwt_future_iat(Faults& faults) {
  faults.add(jwt_fault("jwt.future_iat",
                       "The JWT says that it was issued in the future; its signature is right",
                       future, {by_s_argument("In so many seconds")}));
}

}  // namespace mockoauth::server
