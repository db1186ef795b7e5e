// An answer that comes in small pieces, slowly: a bad line, or a proxy that buffers oddly.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void slice(Delivery& delivery, const Json& arguments) {
  delivery.piece_bytes = static_cast<std::size_t>(arguments.int_at("bytes").value_or(1));
  delivery.piece_pause = std::chrono::milliseconds(arguments.int_at("every_ms").value_or(0));
}

void drip(Call& call, const Json& arguments) {
  alter_delivery(call, "dripped by " + std::to_string(arguments.int_at("bytes").value_or(1)) + " bytes", slice, arguments);
}

}  // namespace

void register_response_drip(Faults& faults) {
  faults.add({.name = "response.drip",
              .title = "The answer, header fields too, is sent in pieces with pauses between them",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::AfterCommit},
              .other_names = {"chunkedDribbleDelay", "slicer", "bandwidth"},
              .arguments = {{.name = "bytes", .kind = ArgumentKind::Number, .meaning = "Of one piece; 1 when left out.",
                             .least = 1, .most = 1'000'000},
                            milliseconds_argument("every_ms", "Pause between two pieces; none when left out.", false)},
              .apply = drip,
              .example = {.rule = R"({"arguments": {"bytes": 100, "every_ms": 1}})", .shows = false}});
}

}  // namespace mockoauth::server
