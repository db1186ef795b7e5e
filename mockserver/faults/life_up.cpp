// A provider that is down and comes up again before its time, at the request that a script chooses.
#include "protocol/fault.hpp"
#include "protocol/realm_state.hpp"

namespace mockoauth::server {

void register_life_up(Faults& faults) {
  faults.add({.name = "life.up",
              .title = "The provider that is down is up again, with this request",
              .layer = "life",
              .phase = Phase::WhileDown,
              .other_names = {"up"},
              .apply = [](Call& call, const mimir::codec::Json&) { call.realm.life.go_up(); },
              .example = {.asks = "down"}});
}

}  // namespace mockoauth::server
