// Tokens in form encoding instead of JSON, as some older providers send them (RFC 6749 §5.1 wants JSON).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_token_as_form(const Call& call, const Json&) {
  const auto document = answer_document(call);
  return document && document->is_object() ? std::string() : "the answer is no JSON object";
}

void send_as_form(Call& call, const Json&) {
  call.answer->body = parameters_of(*answer_document(call)).encode();
  call.answer->set_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
}

}  // namespace

void register_token_as_form(Faults& faults) {
  faults.add({.name = "token.as_form",
              .title = "The token answer is form encoded instead of JSON",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .reach = {.endpoint = "token"},
              .apply = send_as_form,
              .misfit = misfit_of_token_as_form});
}

}  // namespace mockoauth::server
