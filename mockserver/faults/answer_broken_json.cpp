// Bodies that say they are JSON and are not.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_answer_broken_json(const Call& call, const Json&) {
  const auto document = answer_document(call);
  return document && document->is_object() && !document->as_object()->empty() ? std::string()
                                                                              : "the answer is no JSON object";
}

// The first member again, with another value: which of the two counts is unpredictable (RFC 8259 §4).
std::string with_repeated_member(const Json& document, const std::string& body) {
  const auto& name = document.as_object()->front().first;
  return body.substr(0, body.rfind('}')) + "," + Json(name).dump() + ":\"another one\"}";
}

void break_it(Call& call, const Json& arguments) {
  const auto how = arguments.string_at("how").value_or("cut");
  const auto document = *answer_document(call);
  auto& body = call.answer->body;
  body = document.dump();
  if (how == "cut") body.resize(body.size() / 2);
  if (how == "trailing") body += "}";
  if (how == "repeated") body = with_repeated_member(document, body);
  if (how == "single_quotes") body = replace_all(body, "\"", "'");
  if (how == "empty") body.clear();
}

}  // namespace

void register_answer_broken_json(Faults& faults) {
  faults.add(
      {.name = "answer.broken_json",
       .title = "The body of the answer is no JSON, though the whole of it arrives",
       .layer = "protocol",
       .phase = Phase::BeforeSend,
       .arguments = {{.name = "how",
                      .meaning = "It ends in the middle, has something behind it, has a member twice, has single "
                                 "quotes, is empty; `cut` when left out.",
                      .choices = {"cut", "trailing", "repeated", "single_quotes", "empty"}}},
       .apply = break_it,
       .misfit = misfit_of_answer_broken_json,
       .example = {.rule = R"({"arguments": {"how": "repeated"}})"}});
}

}  // namespace mockoauth::server
