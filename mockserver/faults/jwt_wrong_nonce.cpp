// A JWT with the nonce of another login (OIDC Core §3.1.3.7 no. 11).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_jwt_wrong_nonce(const Call& call, const Json& arguments) {
  return lacks_claim(call, arguments, "nonce");
}

void wrong_nonce(Call& call, const Json& arguments) {
  call.signing->claims.set("nonce", arguments.string_at("value").value_or("of-somebody-else"));
}

}  // namespace

void register_jwt_wrong_nonce(Faults& faults) {
  auto fault = jwt_fault("jwt.wrong_nonce",
                         "The JWT has another nonce; its signature is right",
                         wrong_nonce, {{.name = "value", .meaning = "Which one; `of-somebody-else` when left out."}});
  fault.misfit = misfit_of_jwt_wrong_nonce;
  faults.add(std::move(fault));
}

}  // namespace mockoauth::server
