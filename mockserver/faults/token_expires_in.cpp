// A lifetime that is no lifetime (RFC 6749 §5.1 wants a number of seconds).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_token_expires_in(const Call& call, const Json&) { return lacks_member(call, "access_token"); }

void other_life(Call& call, const Json& arguments) {
  const Json* value = arguments.find("value");
  set_answer_member(call, "expires_in", value != nullptr ? std::optional(*value) : std::nullopt);
}

}  // namespace

void register_token_expires_in(Faults& faults) {
  faults.add(
      {.name = "token.expires_in",
       .title = "The token answer has another expires_in: a text, a negative or huge number, null, none",
       .layer = "protocol",
       .phase = Phase::BeforeSend,
       .reach = {.endpoint = "token"},
       .arguments = {{.name = "value", .kind = ArgumentKind::Any, .meaning = "Anything; left out: no expires_in."}},
       .apply = other_life,
       .misfit = misfit_of_token_expires_in,
       .example = {.rule = R"({"arguments": {"value": -1}})"}});
}

}  // namespace mockoauth::server
