// A token type that the client does not know: it must not use the token (RFC 6749 §7.1).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_token_type(const Call& call, const Json&) { return lacks_member(call, "access_token"); }

void other_token_type(Call& call, const Json& arguments) {
  set_answer_member(call, "token_type", Json(arguments.string_at("type").value_or("mac")));
}

}  // namespace

void register_token_type(Faults& faults) {
  faults.add({.name = "token.type",
              .title = "The token answer names another token_type",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .reach = {.endpoint = "token"},
              .arguments = {{.name = "type", .meaning = "Which one; `mac` when left out."}},
              .apply = other_token_type,
              .misfit = misfit_of_token_type});
}

}  // namespace mockoauth::server
