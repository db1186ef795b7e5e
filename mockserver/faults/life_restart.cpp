// A provider that is restarted in the middle of a request: the answer is lost, and with it whatever was only in memory.
#include "protocol/alter_delivery.hpp"
#include "protocol/realm_state.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void restart(Call& call, const Json& arguments) {
  if (!arguments.bool_at("keep").value_or(false)) call.realm.forget_grants();
  if (const auto seconds = arguments.int_at("down_s")) call.realm.life.down_until(call.now + std::chrono::seconds(*seconds));
  lose_answer(call, "restarted");
}

}  // namespace

void register_life_restart(Faults& faults) {
  faults.add({.name = "life.restart",
              .title = "The provider is restarted: the answer is lost, and every code, token and session is forgotten",
              .layer = "life",
              .phase = Phase::AfterCommit,
              .other_phases = {Phase::BeforeValidation, Phase::BeforeSend},
              .arguments = {{.name = "keep", .kind = ArgumentKind::Flag, .meaning = "true: nothing is forgotten."},
                            {.name = "down_s", .kind = ArgumentKind::Number,
                             .meaning = "Down for so many seconds of the realm's clock; not at all when left out.",
                             .least = 1, .most = 10'000'000'000}},
              .apply = restart});
}

}  // namespace mockoauth::server
