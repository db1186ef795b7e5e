// A JWT about another person (OIDC Core §5.3.2, §12.2).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_jwt_wrong_sub(const Call& call, const Json& arguments) {
  return lacks_claim(call, arguments, "sub");
}

void wrong_sub(Call& call, const Json& arguments) {
  call.signing->claims.set("sub", arguments.string_at("value").value_or("somebody-else"));
}

}  // namespace

void register_jwt_wrong_sub(Faults& faults) {
  auto fault = jwt_fault("jwt.wrong_sub",
                         "The JWT has another sub; its signature is right",
                         wrong_sub, {{.name = "value", .meaning = "Which one; `somebody-else` when left out."}});
  fault.misfit = misfit_of_jwt_wrong_sub;
  faults.add(std::move(fault));
}

}  // namespace mockoauth::server
