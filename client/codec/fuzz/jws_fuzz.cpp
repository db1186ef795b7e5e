// No input may crash the parser, and none may pass for signed by a key that nobody has used.
#include <array>
#include <cstdint>
#include <cstdlib>

#include <mimir/codec/jws.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::codec;
  static const std::array keys{Key::generate(JwsAlgorithm::HS256).value(), Key::generate(JwsAlgorithm::RS256).value(),
                               Key::generate(JwsAlgorithm::ES256).value(), Key::generate(JwsAlgorithm::EdDSA).value()};
  static constexpr std::array kAllowed{JwsAlgorithm::HS256, JwsAlgorithm::RS256, JwsAlgorithm::ES256,
                                       JwsAlgorithm::EdDSA};
  const auto jws = Jws::parse({reinterpret_cast<const char*>(data), size});
  if (!jws) return 0;
  for (const Key& key : keys) {
    if (jws_verify(*jws, key, kAllowed)) std::abort();
  }
  return 0;
}
