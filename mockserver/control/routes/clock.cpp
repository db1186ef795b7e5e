// A realm's clock: everything that expires obeys it.
#include <cmath>

#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json view_of(const VirtualClock& clock) {
  return Json::object({{"now", mimir::codec::format_iso8601(clock.now())},
                       {"offset_s", static_cast<double>(clock.offset().count()) / 1000},
                       {"frozen", clock.frozen()},
                       {"rate", clock.rate()}});
}

ControlAnswer show(const ControlCall& call) { return view_of(call.realm->clock()); }

ControlAnswer change(const ControlCall& call) {
  auto& clock = call.realm->clock();
  const auto number = [&](const char* name) -> std::optional<double> {
    const auto* value = call.body.find(name);
    return value == nullptr ? std::nullopt : value->as_double();
  };
  if (number("rate") && call.body.bool_at("frozen") == true) {
    return refuse_call(422, "clock.rate", "a clock that is frozen has no rate", "/rate");
  }
  if (const auto rate = number("rate")) clock.run_at(*rate);
  if (const auto frozen = call.body.bool_at("frozen")) *frozen ? clock.freeze() : clock.resume();
  if (const auto by = number("advance_s")) clock.advance(std::chrono::milliseconds(std::llround(*by * 1000)));
  return view_of(clock);
}

}  // namespace

void register_clock(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/realms/{realm}/clock", "showClock", "What time it is in the realm", {}, {}, 200, show});
  routes.add({"POST", "/_mock/realms/{realm}/clock", "changeClock", "Advance, freeze or speed up the realm's clock",
              R"({"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
                "advance_s": {"type": "number", "minimum": -300000000000, "maximum": 300000000000},
                "frozen": {"type": "boolean"},
                "rate": {"type": "number", "minimum": 0, "maximum": 1000000}}})",
              {}, 200, change});
}

}  // namespace mockoauth::server
