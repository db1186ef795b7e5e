// What the model APIs of a realm say next.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json left_in(const Realm& realm) { return Json::object({{"left", static_cast<std::int64_t>(realm.model_answers_left())}}); }

ControlAnswer count_model_answers(const ControlCall& call) { return left_in(*call.realm); }

ControlAnswer add_model_answer(const ControlCall& call) {
  if (auto added = call.realm->add_model_answer(call.body); !added) return refuse_call(422, "model_answer", added.error().message);
  return left_in(*call.realm);
}

constexpr const char* kLeftSchema =
    R"({"type": "object", "required": ["left"], "properties": {"left": {"type": "integer"}}})";

}  // namespace

void register_models(ControlRoutes& routes) {
  const std::string at = "/_mock/realms/{realm}/models/answers";
  routes.add({.method = "GET", .path = at, .id = "countModelAnswers", .summary = "How many scripted answers are left",
              .handle = count_model_answers, .answer = kLeftSchema});
  routes.add({.method = "POST",
              .path = at,
              .id = "addModelAnswer",
              .summary = "What the model APIs say to the next request that fits, once",
              .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "text": {"type": "string"},
                "tool_calls": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": ["name"],
                  "properties": {"name": {"type": "string", "minLength": 1}, "arguments": {"type": "object"}}}},
                "stop": {"type": "string", "enum": ["end", "length", "refusal"]},
                "when": {"type": "object", "additionalProperties": false, "properties": {
                  "model": {"type": "string"}, "contains": {"type": "string"}, "after_tool": {"type": "boolean"}}}}})",
              .status = 201,
              .handle = add_model_answer,
              .answer = kLeftSchema});
}

}  // namespace mockoauth::server
