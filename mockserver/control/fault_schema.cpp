// JSON Schemas of fault rules and of what became of them: see fault_rule_to_json() and fault_state_to_json().
#include "control/realm_parts.hpp"

namespace mockoauth::server {
namespace {

// The grammar in full is parse_fault_rule's; this is what a generated client needs to know of it.
std::string make_fault_rule_schema() {
  const std::string match = R"({"anyOf": [{"title": "a text", "type": "string"},
    {"title": "a match", "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": {
      "equals": {"type": "string"}, "matches": {"type": "string"}, "present": {"type": "boolean"},
      "absent": {"type": "boolean"}}}]})";
  const std::string action = R"("fault": {"type": "string"}, "arguments": {"type": "object"}, "phase": {"type": "string"})";
  // Two schemas of one title are one name to a generator of clients, which then leaves the whole call out.
  const auto action_called = [&](const std::string& title) {
    return R"({"title": ")" + title + R"(", "type": "object", "additionalProperties": false, "required": ["fault"], "properties": {)" + action +
           R"(, "times": {"type": "integer", "minimum": 1}}})";
  };
  return R"({"title": "a rule", "type": "object", "additionalProperties": false, "properties": {)" + action + R"(,
    "when": {"type": "object", "additionalProperties": false, "properties": {
      "endpoint": {"type": "string"}, "grant_type": {"type": "string"}, "client_id": {"type": "string"},
      "user": {"type": "string"}, "flow": {"type": "string"}, "method": {"type": "string"},
      "param": {"type": "object", "additionalProperties": )" + match + R"(},
      "header": {"type": "object", "additionalProperties": )" + match + R"(},
      "nth": {"anyOf": [{"title": "a number", "type": "integer"},
                        {"title": "a list of numbers", "type": "array", "items": {"type": "integer"}}]}}},
    "then": {"anyOf": [)" + action_called("an action") + R"(, {"title": "a list of actions", "type": "array", "items": )" +
         action_called("one of the actions") + R"(}]},
    "times": {"type": "integer", "minimum": 0},
    "after": {"type": "integer", "minimum": 0},
    "probability": {"type": "number", "minimum": 0, "maximum": 1},
    "afterwards": {"type": "string", "enum": ["behave", "repeat", "fail"]},
    "name": {"type": "string"}}})";
}

}  // namespace

const std::string& fault_rule_schema() {
  static const std::string schema = make_fault_rule_schema();
  return schema;
}

const std::string& fault_state_schema() {
  static const std::string schema = R"({"type": "object", "required": ["id", "rule", "matched", "fired", "unexpected", "over"],
    "properties": {"id": {"type": "integer"}, "rule": )" + fault_rule_schema() + R"(,
      "matched": {"type": "integer", "description": "Requests that fitted, struck or not"},
      "fired": {"type": "integer", "description": "Requests that were struck"},
      "unexpected": {"type": "integer", "description": "Requests that fitted after the end of a rule with `fail`"},
      "over": {"type": "boolean", "description": "It will not strike any more"},
      "missed": {"type": "string", "description": "Why the last request that it was meant for had nothing for it to change"}}})";
  return schema;
}

}  // namespace mockoauth::server
