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
  for (const auto& [rule, fired] : call.realm->faults()) {
    all.push_back(Json::object({{"fault", rule.fault},
                                {"when", Json::object({{"endpoint", rule.when.endpoint},
                                                       {"grant_type", rule.when.grant_type},
                                                       {"client_id", rule.when.client_id}})},
                                {"arguments", rule.arguments},
                                {"times", rule.times},
                                {"fired", fired}}));
  }
  return Json::object({{"faults", std::move(all)}});
}

ControlAnswer add(const ControlCall& call) {
  FaultRule rule{.fault = call.body.string_at("fault").value_or("")};
  if (const auto* when = call.body.find("when")) {
    rule.when.endpoint = when->string_at("endpoint").value_or("");
    rule.when.grant_type = when->string_at("grant_type").value_or("");
    rule.when.client_id = when->string_at("client_id").value_or("");
  }
  if (const auto* arguments = call.body.find("arguments")) rule.arguments = *arguments;
  rule.times = static_cast<int>(call.body.int_at("times").value_or(1));
  const auto added = call.realm->add_fault(std::move(rule));
  if (added) return Json();
  const bool unknown = added.error().code == "fault.unknown";
  return refuse_call(422, added.error().code, added.error().message, unknown ? "/fault" : "/arguments");
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
              R"({"type": "object", "additionalProperties": false, "required": ["fault"], "properties": {
                "fault": {"type": "string"},
                "when": {"type": "object", "additionalProperties": false, "properties": {
                  "endpoint": {"type": "string"}, "grant_type": {"type": "string"}, "client_id": {"type": "string"}}},
                "arguments": {"type": "object"},
                "times": {"type": "integer", "minimum": 0, "maximum": 1000000}}})",
              {}, 204, add});
  routes.add({"DELETE", "/_mock/realms/{realm}/faults", "clearFaults", "No faults from now on", {}, {}, 204, clear});
}

}  // namespace mockoauth::server
