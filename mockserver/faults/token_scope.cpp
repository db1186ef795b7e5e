// Another scope than was asked for: the client must look (RFC 6749 §3.3, §5.1).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_token_scope(const Call& call, const Json&) { return lacks_member(call, "access_token"); }

void other_scope(Call& call, const Json& arguments) {
  set_answer_member(call, "scope", Json(*arguments.string_at("scope")));
}

}  // namespace

void register_token_scope(Faults& faults) {
  faults.add({.name = "token.scope",
              .title = "The token answer tells another scope, narrower or wider; the token itself has what was granted",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .reach = {.endpoint = "token"},
              .arguments = {{.name = "scope", .meaning = "Which one, possibly empty.", .required = true}},
              .apply = other_scope,
              .misfit = misfit_of_token_scope,
              .example = {.rule = R"({"arguments": {"scope": "api.read admin"}})"}});
}

}  // namespace mockoauth::server
