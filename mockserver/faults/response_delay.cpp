// A slow server: the answer is made at once and sent later.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void wait(Delivery& delivery, const Json& arguments) {
  delivery.delay = std::chrono::milliseconds(arguments.int_at("ms").value_or(0));
}

void delay(Call& call, const Json& arguments) {
  alter_delivery(call, "delayed by " + std::to_string(arguments.int_at("ms").value_or(0)) + " ms", wait, arguments);
}

}  // namespace

void register_response_delay(Faults& faults) {
  faults.add({.name = "response.delay",
              .title = "The answer is made at once, and its first byte is sent so many milliseconds later",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::AfterCommit},
              .other_names = {"fixedDelayMilliseconds", "latency"},
              .arguments = {milliseconds_argument("ms", "Of real time.", true)},
              .apply = delay,
              .example = {.rule = R"({"arguments": {"ms": 50}})", .shows = false}});
}

}  // namespace mockoauth::server
