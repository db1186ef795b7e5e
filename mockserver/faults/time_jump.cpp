// The clock of the server jumps: it was set, or slept.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void jump(Call& call, const Json& arguments) {
  call.realm.clock.advance(std::chrono::seconds(*arguments.int_at("by_s")));
  if (!call.answer) call.now = call.realm.clock.now();  // Nothing was judged yet: it is judged at this other time.
}

}  // namespace

void register_time_jump(Faults& faults) {
  constexpr std::int64_t kMost = 10'000'000'000;
  faults.add({.name = "time.jump",
              .title = "The realm's clock jumps when it strikes, and goes on from there for everybody",
              .layer = "time",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .arguments = {{.name = "by_s", .kind = ArgumentKind::Number,
                             .meaning = "By so many seconds; negative: back.", .required = true, .least = -kMost, .most = kMost}},
              .apply = jump,
              .example = {.rule = R"({"arguments": {"by_s": 3600}})"}});
}

}  // namespace mockoauth::server
