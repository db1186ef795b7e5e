// A realm's clock: everything that expires obeys it.
#include "control/realm_parts.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json view_of_clock(const VirtualClock& clock) {
  return Json::object({{"now", mimir::codec::format_iso8601(clock.now())},
                       {"offset_s", static_cast<double>(clock.offset().count()) / 1000},
                       {"frozen", clock.frozen()},
                       {"rate", clock.rate()}});
}

ControlAnswer show_clock(const ControlCall& call) { return view_of_clock(call.realm->clock()); }

ControlAnswer change_clock(const ControlCall& call) {
  if (auto problem = check_clock(call.body, "")) return tl::unexpected(std::move(*problem));
  set_clock(call.realm->clock(), call.body);
  return view_of_clock(call.realm->clock());
}

constexpr const char* kViewSchema = R"({"type": "object", "required": ["now", "offset_s", "frozen", "rate"],
  "properties": {"now": {"type": "string"}, "offset_s": {"type": "number"}, "frozen": {"type": "boolean"},
  "rate": {"type": "number"}}})";

}  // namespace

void register_clock(ControlRoutes& routes) {
  routes.add({.method = "GET",
              .path = "/_mock/realms/{realm}/clock",
              .id = "showClock",
              .summary = "What time it is in the realm",
              .handle = show_clock,
              .answer = kViewSchema});
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/clock",
              .id = "changeClock",
              .summary = "Set, advance, freeze or speed up the realm's clock",
              .body = clock_schema(),
              .handle = change_clock,
              .answer = kViewSchema});
}

}  // namespace mockoauth::server
