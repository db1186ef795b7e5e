// Latches of a realm: what waits there (fault `hold`), and in which order it goes on.
#include "control/waiting.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json parked_to_json(const std::vector<ParkedCall>& parked) {
  Json all = Json::array();
  for (const auto& call : parked) {
    all.push_back(Json::object({{"number", static_cast<std::int64_t>(call.number)},
                                {"endpoint", call.endpoint},
                                {"grant_type", call.grant_type},
                                {"client_id", call.client_id}}));
  }
  return all;
}

Json view_of_latch(const LatchState& latch) {
  return Json::object({{"name", latch.name},
                       {"parked", parked_to_json(latch.parked)},
                       {"arrived", static_cast<std::int64_t>(latch.arrived)},
                       {"released", static_cast<std::int64_t>(latch.released)},
                       {"forgotten", static_cast<std::int64_t>(latch.forgotten)}});
}

ControlAnswer list_latches(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& latch : call.realm->latches().states()) all.push_back(view_of_latch(latch));
  return Json::object({{"latches", std::move(all)}});
}

Json parked_at(const Latches& latches, const std::string& name) {
  for (const auto& latch : latches.states()) {
    if (latch.name == name) return parked_to_json(latch.parked);
  }
  return Json::array();
}

ControlAnswer await_latch(const ControlCall& call) {
  const auto& name = call.segments[1];
  const auto count = static_cast<std::size_t>(call.body.int_at("count").value_or(1));
  const bool reached = call.realm->latches().await(name, count, wait_of(call.body, "limit_ms", kUsualWait));
  if (!reached && call.realm->has_ended()) return refuse_ended(*call.realm);
  return Json::object({{"reached", reached},
                       {"parked", parked_at(call.realm->latches(), name)}});
}

ControlAnswer release(const ControlCall& call) {
  std::vector<std::uint64_t> order;
  if (const auto* numbers = call.body.find("order")) {
    for (const auto& number : *numbers->as_array()) order.push_back(static_cast<std::uint64_t>(*number.as_int()));
  }
  const auto released = call.realm->latches().release(call.segments[1], order);
  if (!released) return refuse_call(409, released.error().code, released.error().message, "/order");
  return Json::object({{"released", static_cast<std::int64_t>(*released)}});
}

constexpr const char* kParkedSchema = R"({"type": "array", "items": {"type": "object",
  "required": ["number", "endpoint", "grant_type", "client_id"], "properties": {
    "number": {"type": "integer"}, "endpoint": {"type": "string"}, "grant_type": {"type": "string"},
    "client_id": {"type": "string"}}}})";

}  // namespace

void register_latches(ControlRoutes& routes) {
  const std::string parked = kParkedSchema;
  routes.add({.method = "GET",
              .path = "/_mock/realms/{realm}/latches",
              .id = "listLatches",
              .summary = "Latches and the calls that wait there",
              .handle = list_latches,
              .answer = R"({"type": "object", "required": ["latches"], "properties": {"latches": {"type": "array",
                "items": {"type": "object", "required": ["name", "parked", "arrived", "released", "forgotten"],
                "properties": {"name": {"type": "string"}, "parked": )" +
                        parked + R"(,
                  "arrived": {"type": "integer"}, "released": {"type": "integer"},
                  "forgotten": {"type": "integer"}}}}}})"});
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/latches/{latch}/await",
              .id = "awaitLatch",
              .summary = "Wait until so many calls are parked there",
              .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "count": {"type": "integer", "minimum": 1, "maximum": 256}, "limit_ms": )" +
                      std::string(kWaitSchema) + "}}",
              .handle = await_latch,
              .waits = true,
              .answer = R"({"type": "object", "required": ["reached", "parked"], "properties": {
                "reached": {"type": "boolean"}, "parked": )" +
                        parked + "}}"});
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/latches/{latch}/release",
              .id = "releaseLatch",
              .summary = "Let calls go, each when the one before it is answered; without an order all, as they came",
              .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "order": {"type": "array", "minItems": 1, "maxItems": 256, "items":
                  {"type": "integer", "minimum": 1}}}})",
              .handle = release,
              .answer = R"({"type": "object", "required": ["released"], "properties": {
                "released": {"type": "integer"}}})"});
}

}  // namespace mockoauth::server
