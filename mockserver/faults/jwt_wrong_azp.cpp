// A JWT with another authorized party (OIDC Core §3.1.3.7 no. 5).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void wrong_azp(Call& call, const Json& arguments) {
  call.signing->claims.set("azp", arguments.string_at("value").value_or("another-client"));
}

}  // namespace

void register_jwt_wrong_azp(Faults& faults) {
  faults.add(jwt_fault("jwt.wrong_azp",
                       "The JWT has another azp; its signature is right",
                       wrong_azp, {{.name = "value", .meaning = "Which one; `another-client` when left out."}}));
}

}  // namespace mockoauth::server
