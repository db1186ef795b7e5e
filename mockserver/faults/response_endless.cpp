// An answer without end: what only a limit of the client's own on size or time ends.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::size_t kBlock = 16 * 1024;

void pour(Delivery& delivery, const Json& arguments) {
  const auto pause = arguments.int_at("every_ms");
  delivery.endless_pause = std::chrono::milliseconds(pause.value_or(0));
  const std::string block(pause ? 16 : kBlock, ' ');  // White space: a JSON document that goes on and on.
  if (arguments.string_at("form").value_or("body") == "body") {
    delivery.framing = Headers{};
    delivery.endless = block;
  } else {
    delivery.framing = Headers{{"Transfer-Encoding", "chunked"}};
    delivery.endless = (pause ? "10\r\n" : "4000\r\n") + block + "\r\n";
  }
  if (const auto most = arguments.int_at("bytes")) delivery.endless_bytes = static_cast<std::uint64_t>(*most);
}

void endless(Call& call, const Json& arguments) {
  // RFC 9112 §7.1: the body that there is would have to be chunks; none is left of it.
  if (arguments.string_at("form").value_or("body") == "chunks" && call.answer) call.answer->body.clear();
  alter_delivery(call, "endless", pour, arguments);
}

}  // namespace

void register_response_endless(Faults& faults) {
  faults.add({.name = "response.endless",
              .title = "White space without end behind the body, or a chunked body that never ends",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::AfterCommit},
              .arguments = {{.name = "form", .meaning = "`body` when left out.", .choices = {"body", "chunks"}},
                            milliseconds_argument("every_ms", "A little each time, with this pause; as fast as it goes when left out.", false),
                            {.name = "bytes", .kind = ArgumentKind::Number,
                             .meaning = "Then the connection is closed; a tebibyte when left out.", .least = 1,
                             .most = std::int64_t{1} << 40}},
              .apply = endless,
              .example = {.rule = R"({"arguments": {"bytes": 200000}})"}});
}

}  // namespace mockoauth::server
