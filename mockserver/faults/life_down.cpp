// A provider that is down for a while: no connection of its realm gets an answer until its clock has moved on.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void go_down(Call& call, const Json& arguments) {
  call.realm.life.down_until(call.now + std::chrono::seconds(*arguments.int_at("for_s")));
  lose_answer(call, "down");
}

}  // namespace

void register_life_down(Faults& faults) {
  faults.add({.name = "life.down",
              .title = "From this request on the provider is down: connections are reset, until so many seconds of its clock are over",
              .layer = "life",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .other_names = {"down"},
              .arguments = {{.name = "for_s", .kind = ArgumentKind::Number, .meaning = "Seconds of the realm's clock.",
                             .required = true, .least = 1, .most = 10'000'000'000}},
              .apply = go_down,
              .example = {.rule = R"({"arguments": {"for_s": 60}})"}});
}

}  // namespace mockoauth::server
