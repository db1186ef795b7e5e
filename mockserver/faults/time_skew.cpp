// A server whose clock is wrong, seen by one call: a client must not take it for an attack, nor trust it too far.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void skew(Call& call, const Json& arguments) { call.skew += std::chrono::seconds(*arguments.int_at("by_s")); }

}  // namespace

void register_time_skew(Faults& faults) {
  constexpr std::int64_t kMost = 10'000'000'000;
  faults.add({.name = "time.skew",
              .title = "Date, Retry-After and the times in tokens are off in this answer; what is judged and stored is not",
              .layer = "time",
              .phase = Phase::BeforeValidation,
              .arguments = {{.name = "by_s", .kind = ArgumentKind::Number,
                             .meaning = "By so many seconds; negative: into the past.", .required = true, .least = -kMost,
                             .most = kMost}},
              .apply = skew,
              .example = {.rule = R"({"arguments": {"by_s": -600}})"}});
}

}  // namespace mockoauth::server
