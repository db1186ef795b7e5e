// Bytes that are no HTTP, where an answer was to be: a captive portal, another protocol's port, a broken proxy.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kNoise("\x93\x01\x00\xff\x16\x03\x7f\xe2\x82SSH-2.0-noise\r\n\x00\x1f\x8b\xc3\x28\xa0\n", 30);

void scramble(Delivery& delivery, const Json& arguments) {
  const auto bytes = static_cast<std::size_t>(arguments.int_at("bytes").value_or(256));
  std::string noise;
  while (noise.size() < bytes) noise += kNoise;
  noise.resize(bytes);
  delivery.raw = std::move(noise);
}

void quote(Delivery& delivery, const Json& arguments) { delivery.raw = arguments.string_at("text").value_or(""); }

void garbage(Call& call, const Json& arguments) {
  alter_delivery(call, "garbage in its place", arguments.string_at("text") ? quote : scramble, arguments);
}

}  // namespace

void register_response_garbage(Faults& faults) {
  faults.add({.name = "response.garbage",
              .title = "Bytes that are no HTTP in the place of the answer, then the end of the stream",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = delivery_phases(),
              .other_names = {"RANDOM_DATA_THEN_CLOSE"},
              .arguments = {{.name = "bytes", .kind = ArgumentKind::Number, .meaning = "How many; 256 when left out.",
                             .least = 1, .most = 1'000'000},
                            {.name = "text", .meaning = "These bytes instead, whatever they are."}},
              .apply = garbage,
              .example = {.rule = R"({"arguments": {"text": "SSH-2.0-OpenSSH_9.2\r\n"}})"}});
}

}  // namespace mockoauth::server
