// Members that are not there.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_answer_omit(const Call& call, const Json& arguments) {
  std::string lacks;
  for (const auto& name : *arguments.find("members")->as_array()) {
    lacks = lacks_member(call, *name.as_string());
    if (lacks.empty()) return {};
  }
  return lacks;
}

void omit(Call& call, const Json& arguments) {
  for (const auto& name : *arguments.find("members")->as_array()) set_answer_member(call, *name.as_string(), std::nullopt);
}

}  // namespace

void register_answer_omit(Faults& faults) {
  faults.add({.name = "answer.omit",
              .title = "Members of the answer are left out",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .arguments = {{.name = "members",
                             .kind = ArgumentKind::Texts,
                             .meaning = "Which ones, at the top of the JSON or the form; one of them has to be there.",
                             .required = true}},
              .apply = omit,
              .misfit = misfit_of_answer_omit,
              .example = {.rule = R"({"arguments": {"members": ["access_token", "token_type"]}})"}});
}

}  // namespace mockoauth::server
