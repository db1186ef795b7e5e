// Any change of what goes back to the client by way of the browser.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"
#include "protocol/json_patch.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

mimir::codec::Result<Json> patched_parameters(const Call& call, const Json& arguments) {
  const auto patch = JsonPatch::parse(*arguments.find("patch"));
  auto document = patch ? patch->apply(document_of(*call.going_back)) : mimir::codec::fail("patch", patch.error().message);
  if (document && !document->is_object()) return mimir::codec::fail("patch", "nothing with members is left");
  return document;
}

std::string misfit_of_authorize_patch(const Call& call, const Json& arguments) {
  const auto document = patched_parameters(call, arguments);
  return document ? std::string() : document.error().message;
}

void patch_parameters(Call& call, const Json& arguments) {
  if (const auto document = patched_parameters(call, arguments)) *call.going_back = parameters_of(*document);
}

}  // namespace

void register_authorize_patch(Faults& faults) {
  faults.add(
      {.name = "authorize.patch",
       .title =
           "Parameters of the authorization response are added, removed, changed or repeated, in any response mode",
       .layer = "protocol",
       .phase = Phase::BeforeRedirect,
       .reach = {.endpoint = "authorize"},
       .arguments = {{.name = "patch",
                      .kind = ArgumentKind::Patch,
                      .meaning = "A JSON Patch of the parameters, seen as an object; one whose value is a list is sent "
                                 "so often.",
                      .required = true}},
       .apply = patch_parameters,
       .misfit = misfit_of_authorize_patch,
       .example = {.rule = R"({"arguments": {"patch": [{"op": "add", "path": "/error", "value": "server_error"},
                                                              {"op": "add", "path": "/state", "value": ["one", "two"]}]}})",
                   .asks = "authorize"}});
}

}  // namespace mockoauth::server
