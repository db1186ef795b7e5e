// No file in the place of a stored login may crash its readers or pass for a login that this installation sealed; and what
// the reader of records accepts, it accepts again after it was written.
#include <cstdint>
#include <cstdlib>

#include <internal/record_codec.hpp>
#include <internal/sealed_record.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth;
  using namespace mimir::oauth::internal;
  static const SealingKeys keys{Secret(std::string(32, 'k')), "machine"};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  if (open_record(keys, "google", bytes)) std::abort();
  (void)provider_of(bytes);
  if (const auto login = decode_record(bytes)) {
    const auto written = encode_record(*login);
    const auto again = decode_record(written.expose());
    if (!again || !is_encodable(*login, written.expose()) || !(again->generation == login->generation)) std::abort();
  }
  return 0;
}
