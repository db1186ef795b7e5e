// What people do about single logins, in a script: the next one is denied, the one after it is somebody else's.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// A rule of the fault login.answer, which counts, is matched and is reported as any other.
Json rule_of(const Json& script) {
  Json when = script.find("when") == nullptr ? Json::object() : *script.find("when");
  when.set("endpoint", "authorize");
  Json then = Json::array();
  for (const auto& answer : *script.find("then")->as_array()) {
    then.push_back(Json::object({{"fault", "login.answer"}, {"arguments", answer}}));
  }
  Json rule = Json::object({{"when", std::move(when)}, {"then", std::move(then)}});
  for (const char* name : {"times", "name"}) {
    if (const auto* value = script.find(name)) rule.set(name, *value);
  }
  return rule;
}

// Where in the script that was which is wrong in the rule.
std::string pointer_in_script(std::string pointer) {
  constexpr std::string_view kArguments = "/arguments";
  const auto at = pointer.find(kArguments);
  return at == std::string::npos ? pointer : pointer.erase(at, kArguments.size());
}

ControlAnswer add_login(const ControlCall& call) {
  const auto rule = parse_fault_rule(rule_of(call.body));
  const auto added = rule ? call.realm->add_fault(*rule) : tl::unexpected(rule.error());
  if (added) return Json::object({{"id", static_cast<std::int64_t>(*added)}});
  return refuse_call(422, added.error().code, added.error().message, pointer_in_script(added.error().pointer));
}

}  // namespace

void register_logins(ControlRoutes& routes) {
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/logins",
              .id = "scriptLogins",
              .summary = "What is done about the next logins that fit, one after the other; times 0: for ever",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["then"], "properties": {
                "name": {"type": "string"}, "times": {"type": "integer", "minimum": 0},
                "when": {"type": "object", "additionalProperties": false, "properties": {
                  "client_id": {"type": "string"}, "param": {"type": "object"}, "header": {"type": "object"}}},
                "then": {"type": "array", "minItems": 1, "items": {"title": "answer", "type": "object",
                  "additionalProperties": false, "properties": {
                    "decision": {"enum": ["approve", "deny", "abandon"]},
                    "sub": {"type": "string", "minLength": 1},
                    "scopes": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "latch": {"type": "string", "minLength": 1},
                    "limit_ms": {"type": "integer", "minimum": 1, "maximum": 600000}}}}}})",
              .status = 201,
              .handle = add_login,
              .answer = R"({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}})"});
}

}  // namespace mockoauth::server
