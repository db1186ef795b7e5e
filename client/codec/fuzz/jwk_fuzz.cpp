// Whatever is accepted must be published as a key with the same thumbprint and without private members.
#include <cstdint>
#include <cstdlib>

#include <mimir/codec/jwk.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::codec;
  const auto json = Json::parse({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const auto key = Key::from_jwk(*json);
  if (!key || key->kty() == "oct") return 0;
  const auto published = Key::from_jwk(key->public_jwk().value());
  if (!published || published->is_private()) std::abort();
  if (published->thumbprint().value() != key->thumbprint().value()) std::abort();
  return 0;
}
