// A provider that has just started: its answers are late, and less and less so.
#include "protocol/alter_delivery.hpp"
#include "protocol/fault.hpp"
#include "protocol/realm_state.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void start_slowly(Call& call, const Json& arguments) {
  call.realm.life.start_slowly(call.now, std::chrono::milliseconds(*arguments.int_at("ms")),
                               std::chrono::seconds(*arguments.int_at("for_s")));
}

}  // namespace

void register_life_slow_start(Faults& faults) {
  faults.add({.name = "life.slow_start",
              .title = "From this request on every answer is late, by less and less, until so many seconds of the realm's clock are over",
              .layer = "life",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .other_names = {"slow_start"},
              .arguments = {milliseconds_argument("ms", "Of real time, at first.", true),
                            {.name = "for_s", .kind = ArgumentKind::Number,
                             .meaning = "Seconds of the realm's clock; of a provider that is down, from when it is up.",
                             .required = true, .least = 1, .most = 10'000'000}},
              .apply = start_slowly,
              .example = {.rule = R"({"arguments": {"ms": 50, "for_s": 10}})", .shows = false}});
}

}  // namespace mockoauth::server
