#include "internal/record_name.hpp"

#include <mimir/codec/digest.hpp>
#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxStemBytes = 120;
constexpr char kHashed = '=';

}  // namespace

std::string record_stem(const std::string& provider) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string stem;
  for (const char c : provider) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (c == '.' && !stem.empty());
    if (is_plain) {
      stem += c;
    } else {
      stem += '%';
      stem += kHex[byte >> 4];
      stem += kHex[byte & 0x0f];
    }
  }
  if (stem.size() <= kMaxStemBytes) return stem;
  return kHashed + codec::hex_encode(codec::sha256(provider));
}

std::optional<std::string> provider_from_stem(const std::string& stem) {
  auto provider = codec::percent_decode(stem);
  if (!provider || record_stem(*provider) != stem) return std::nullopt;
  return std::move(*provider);
}

}  // namespace mimir::oauth::internal
