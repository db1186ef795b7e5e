// A JWT from another issuer (OIDC Core §3.1.3.7 no. 2).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void wrong_iss(Call& call, const Json& arguments) {
  call.signing->claims.set("iss", arguments.string_at("value").value_or("https://attacker.example"));
}

}  // namespace

void register_jwt_wrong_iss(Faults& faults) {
  faults.add(jwt_fault("jwt.wrong_iss",
                       "The JWT has another iss; its signature is right",
                       wrong_iss,
                       {{.name = "value", .meaning = "Which one; `https://attacker.example` when left out."}}));
}

}  // namespace mockoauth::server
