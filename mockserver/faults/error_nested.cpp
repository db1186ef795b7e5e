// Errors inside of an object, as some providers have them, where RFC 6749 §5.2 wants a text.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_error_nested(const Call& call, const Json&) {
  const auto document = answer_document(call);
  return document && document->string_at("error") ? std::string() : "the answer is no error with a code";
}

void nest(Call& call, const Json&) {
  const auto document = *answer_document(call);
  Json error = Json::object({{"status", call.answer->status},
                             {"code", *document.string_at("error")},
                             {"message", document.string_at("error_description").value_or("")}});
  put_answer_document(call, Json::object({{"error", std::move(error)}}));
}

}  // namespace

void register_error_nested(Faults& faults) {
  faults.add({.name = "error.nested",
              .title = "An error answer has an object where its error code should be",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .apply = nest,
              .misfit = misfit_of_error_nested,
              .example = {.asks = "wrong code"}});
}

}  // namespace mockoauth::server
