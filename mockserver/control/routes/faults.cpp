// Faults of a realm: added, seen and cleared while it runs.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

ControlAnswer known(const ControlCall&) {
  Json all = Json::array();
  for (const auto& fault : known_faults()) {
    all.push_back(Json::object({{"name", fault.name}, {"title", fault.title}, {"phase", fault.phase}}));
  }
  return Json::object({{"faults", std::move(all)}});
}

ControlAnswer list(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& state : call.realm->faults()) all.push_back(fault_state_to_json(state));
  return Json::object({{"faults", std::move(all)}});
}

ControlAnswer add(const ControlCall& call) {
  const auto rule = parse_fault_rule(call.body);
  const auto added = rule ? call.realm->add_fault(*rule) : tl::unexpected(rule.error());
  if (added) return Json();
  return refuse_call(422, added.error().code, added.error().message, added.error().pointer);
}

ControlAnswer clear(const ControlCall& call) {
  call.realm->clear_faults();
  return Json();
}

}  // namespace

void register_faults(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/faults", "knownFaults", "What can go wrong", {}, {}, 200, known});
  routes.add({"GET", "/_mock/realms/{realm}/faults", "listFaults", "The realm's faults and how often each struck", {},
              {}, 200, list});
  routes.add({"POST", "/_mock/realms/{realm}/faults", "addFault", "Let something go wrong; times 0: always",
              R"({"type": "object", "additionalProperties": false, "properties": {
                "fault": {"type": "string"}, "arguments": {"type": "object"}, "phase": {"type": "string"},
                "when": {"type": "object"}, "then": {}, "times": {"type": "integer"}, "after": {"type": "integer"},
                "probability": {"type": "number"}, "afterwards": {"type": "string"}, "name": {"type": "string"}}})",
              {}, 204, add});
  routes.add({"DELETE", "/_mock/realms/{realm}/faults", "clearFaults", "No faults from now on", {}, {}, 204, clear});
}

}  // namespace mockoauth::server
