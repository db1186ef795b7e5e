// Faults of a realm: added, seen and cleared while it runs.
#include <charconv>

#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

ControlAnswer known(const ControlCall&) {
  Json all = Json::array();
  for (const auto& fault : known_faults()) all.push_back(fault_description_to_json(fault));
  return Json::object({{"faults", std::move(all)}});
}

ControlAnswer list_faults(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& state : call.realm->faults()) all.push_back(fault_state_to_json(state));
  return Json::object({{"faults", std::move(all)}});
}

ControlAnswer add_fault(const ControlCall& call) {
  const auto rule = parse_fault_rule(call.body);
  const auto added = rule ? call.realm->add_fault(*rule) : tl::unexpected(rule.error());
  if (added) return Json::object({{"id", static_cast<std::int64_t>(*added)}});
  return refuse_call(422, added.error().code, added.error().message, added.error().pointer);
}

std::optional<std::uint64_t> id_of(const std::string& text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

ControlAnswer remove_fault(const ControlCall& call) {
  const auto& text = call.segments.back();
  const auto id = id_of(text);
  if (const auto state = id ? call.realm->remove_fault(*id) : std::nullopt) return fault_state_to_json(*state);
  return refuse_call(404, "fault.id", "the realm has no fault rule `" + text.substr(0, 40) + "`");
}

ControlAnswer clear(const ControlCall& call) {
  call.realm->clear_faults();
  return Json();
}

// The grammar in full is parse_fault_rule's; this is what a generated client needs to know of it.
std::string rule_schema() {
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

void register_faults(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/faults", "knownFaults", "What can go wrong", {}, {}, 200, known});
  routes.add({"GET",
              "/_mock/realms/{realm}/faults",
              "listFaults",
              "The realm's faults and how often each struck",
              {},
              {},
              200,
              list_faults});
  routes.add({"POST",
              "/_mock/realms/{realm}/faults",
              "addFault",
              "Let something go wrong; times 0: always",
              rule_schema(),
              {},
              201,
              add_fault});
  routes.add({"DELETE",
              "/_mock/realms/{realm}/faults/{rule}",
              "removeFault",
              "Take one rule away and tell what it had done",
              {},
              {},
              200,
              remove_fault});
  routes.add({"DELETE", "/_mock/realms/{realm}/faults", "clearFaults", "No faults from now on", {}, {}, 204, clear});
}

}  // namespace mockoauth::server
