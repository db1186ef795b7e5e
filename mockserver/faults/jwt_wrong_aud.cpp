// A JWT for another audience (OIDC Core §3.1.3.7 no. 3).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void wrong_aud(Call& call, const Json& arguments) {
  call.signing->claims.set("aud", arguments.string_at("value").value_or("another-client"));
}

}  // namespace

void register_jwt_wrong_aud(Faults& faults) {
  faults.add(jwt_fault("jwt.wrong_aud",
                       "The JWT has another aud; its signature is right",
                       wrong_aud, {{.name = "value", .meaning = "Which one; `another-client` when left out."}}));
}

}  // namespace mockoauth::server
