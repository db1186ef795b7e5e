// Any change of an answer that is otherwise right, as a JSON Patch (RFC 6902).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"
#include "protocol/json_patch.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

mimir::codec::Result<Json> patched_answer(const Call& call, const Json& arguments) {
  const auto document = answer_document(call);
  if (!document) return mimir::codec::fail("patch.document", "the answer is neither JSON nor a form");
  const auto patch = JsonPatch::parse(*arguments.find("patch"));
  return patch ? patch->apply(*document) : mimir::codec::fail("patch", patch.error().message);
}

std::string misfit_of_answer_patch(const Call& call, const Json& arguments) {
  const auto document = patched_answer(call, arguments);
  return document ? std::string() : document.error().message;
}

void patch_answer(Call& call, const Json& arguments) {
  if (const auto document = patched_answer(call, arguments)) put_answer_document(call, *document);
}

}  // namespace

void register_answer_patch(Faults& faults) {
  faults.add(
      {.name = "answer.patch",
       .title = "A member of the answer is added, removed or another one: any JSON Patch, applied wholly or not at all",
       .layer = "protocol",
       .phase = Phase::BeforeSend,
       .arguments = {{.name = "patch",
                      .kind = ArgumentKind::Patch,
                      .meaning = "Applied to the JSON or the form that would be sent; where a `test` in it does not "
                                 "hold, the answer stays as it is and the rule waits for another one.",
                      .required = true}},
       .apply = patch_answer,
       .misfit = misfit_of_answer_patch,
       .example = {.rule = R"({"arguments": {"patch": [{"op": "replace", "path": "/expires_in", "value": "soon"},
                                                              {"op": "add", "path": "/x", "value": [1]}]}})"}});
}

}  // namespace mockoauth::server
