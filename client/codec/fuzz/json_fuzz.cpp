// Whatever is accepted must be written as a text that reads as the same value.
#include <cstdint>
#include <cstdlib>

#include <mimir/codec/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mimir::codec::Json;
  const auto json = Json::parse({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const auto compact = Json::parse(json->dump(), {.max_bytes = 16 * 1024 * 1024});
  const auto pretty = Json::parse(json->dump_pretty(), {.max_bytes = 256 * 1024 * 1024});
  if (!compact || *compact != *json || !pretty || *pretty != *json) std::abort();
  return 0;
}
