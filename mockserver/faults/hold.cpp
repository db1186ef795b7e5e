// A call that waits until a test lets it go: what makes a race have one outcome.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

constexpr std::int64_t kMostMs = 600'000;
constexpr std::int64_t kMostVirtual = 10'000'000'000;

void hold(Call& call, const mimir::codec::Json& arguments) {
  const auto name = arguments.string_at("latch").value_or("");
  Latches::Limits limits;
  if (const auto ms = arguments.int_at("limit_ms")) limits.real = std::chrono::milliseconds(*ms);
  if (const auto seconds = arguments.int_at("virtual_limit_s")) {
    limits.until = call.realm.clock.now() + std::chrono::seconds(*seconds);
    limits.clock = &call.realm.clock;
  }
  call.leave_latches();  // Whoever waits here must not keep those behind it at another latch.
  const auto& exchange = call.exchange;
  const auto number =
      call.realm.latches.park(name, {0, exchange.endpoint, exchange.grant_type, exchange.client_id}, limits);
  if (number != 0) call.held.emplace_back(name, number);
  if (!call.answer) call.now = call.realm.clock.now();  // Nothing was judged yet: it is judged at this later time.
}

}  // namespace

void register_hold(Faults& faults) {
  faults.add({.name = "hold",
              .title = "The call waits at a latch until it is released there, or its time is over",
              .layer = "script",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .arguments = {{.name = "latch", .kind = ArgumentKind::Field, .meaning = "Its name.", .required = true},
                            {.name = "limit_ms", .kind = ArgumentKind::Number,
                             .meaning = "Held for so many milliseconds at most; 30000 when left out.", .least = 1,
                             .most = kMostMs},
                            {.name = "virtual_limit_s", .kind = ArgumentKind::Number,
                             .meaning = "Also, held for so many seconds of the realm's clock at most.", .least = 1,
                             .most = kMostVirtual}},
              .apply = hold,
              .example = {.rule = R"({"arguments": {"latch": "first", "limit_ms": 1}})", .shows = false},
              .blocks = true});
}

}  // namespace mockoauth::server
