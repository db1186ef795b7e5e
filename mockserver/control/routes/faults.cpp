// Faults of a realm: added, seen and cleared while it runs.
#include <charconv>

#include "control/realm_parts.hpp"
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

std::string list_of(const std::string& schema) {
  return R"({"type": "object", "required": ["faults"], "properties": {"faults": {"type": "array", "items": )" + schema + "}}}";
}

constexpr const char* kDescription = R"({"type": "object",
  "required": ["name", "layer", "title", "phase", "phases", "arguments", "example"], "properties": {
    "name": {"type": "string"}, "title": {"type": "string"},
    "layer": {"type": "string", "enum": ["protocol", "http", "wire", "tls", "time", "life", "script"]},
    "phase": {"type": "string", "description": "Where it strikes unless a rule says otherwise"},
    "phases": {"type": "array", "items": {"type": "string"}, "description": "Where it can strike"},
    "other_names": {"type": "array", "items": {"type": "string"}},
    "endpoint": {"type": "string", "description": "The only one that it can strike"}, "grant_type": {"type": "string"},
    "arguments": {"type": "array", "items": {"type": "object", "required": ["name", "kind", "meaning", "required"], "properties": {
      "name": {"type": "string"}, "kind": {"type": "string"}, "meaning": {"type": "string"}, "required": {"type": "boolean"}}}},
    "example": {"type": "object", "required": ["rule", "asks", "shows"], "properties": {
      "rule": {"type": "object", "description": "As it can be added"},
      "asks": {"type": "string", "description": "What is asked for meanwhile"},
      "shows": {"type": "boolean", "description": "Whether the answer is another one then"}}}}})";

}  // namespace

void register_faults(ControlRoutes& routes) {
  const std::string rules = "/_mock/realms/{realm}/faults";
  routes.add({.method = "GET", .path = "/_mock/faults", .id = "knownFaults", .summary = "What can go wrong", .handle = known,
              .answer = list_of(kDescription)});
  routes.add({.method = "GET", .path = rules, .id = "listFaults", .summary = "The realm's faults and how often each struck",
              .handle = list_faults, .answer = list_of(fault_state_schema())});
  routes.add({.method = "POST", .path = rules, .id = "addFault", .summary = "Let something go wrong; times 0: always",
              .body = fault_rule_schema(), .status = 201, .handle = add_fault,
              .answer = R"({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}})"});
  routes.add({.method = "DELETE", .path = rules + "/{rule}", .id = "removeFault",
              .summary = "Take one rule away and tell what it had done", .handle = remove_fault,
              .answer = fault_state_schema()});
  routes.add({.method = "DELETE", .path = rules, .id = "clearFaults", .summary = "No faults from now on", .status = 204,
              .handle = clear});
}

}  // namespace mockoauth::server
