#include <mimir/codec/base64url.hpp>

#include <array>
#include <cstdint>

namespace mimir::codec {
namespace {

constexpr std::string_view kStandardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xFF;

using DigitTable = std::array<std::uint8_t, 256>;

constexpr DigitTable digits_of(std::string_view alphabet) {
  DigitTable table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr DigitTable kStandardDigits = digits_of(kStandardAlphabet);
constexpr DigitTable kUrlDigits = digits_of(kUrlAlphabet);

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string text((bytes.size() * 4 + 2) / 3, '\0');
  char* out = text.data();
  const auto byte_at = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte_at(i) << 16 | byte_at(i + 1) << 8 | byte_at(i + 2);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 0x3FU];
    *out++ = alphabet[group >> 6 & 0x3FU];
    *out++ = alphabet[group & 0x3FU];
  }
  if (i == bytes.size()) return text;
  const bool has_two = i + 2 == bytes.size();
  const std::uint32_t rest = byte_at(i) << 16 | (has_two ? byte_at(i + 1) << 8 : 0);
  *out++ = alphabet[rest >> 18];
  *out++ = alphabet[rest >> 12 & 0x3FU];
  if (has_two) *out = alphabet[rest >> 6 & 0x3FU];
  return text;
}

/// What the two variants say differently about the same mistake.
struct Variant {
  const DigitTable& digits;
  std::string_view name;
  std::string_view alphabet_clause;
};

constexpr Variant kUrlVariant{kUrlDigits, "base64url", "RFC 4648 §5"};
constexpr Variant kStandardVariant{kStandardDigits, "base64", "RFC 4648 §4"};

auto refuse(const Variant& variant, std::string_view what, std::string message, std::string_view spec,
            std::size_t offset) {
  return fail(std::string(variant.name) + "." + std::string(what), std::string(variant.name) + " text " + message,
              std::string(spec), offset);
}

/// `text` without padding. Error offsets are those of the original text, since padding stands at its end.
Result<std::string> decode(std::string_view text, const Variant& variant) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t digit = variant.digits[static_cast<unsigned char>(text[i])];
    if (digit == kNoDigit) {
      return refuse(variant, "alphabet", "holds a character outside its alphabet", variant.alphabet_clause, i);
    }
    buffer = (buffer << 6 | digit) & 0xFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((buffer >> bits) & 0xFFU));
    }
  }
  if (text.size() % 4 == 1) {
    return refuse(variant, "length", "has a length that no bytes encode to", "RFC 4648 §4", text.size());
  }
  if ((buffer & ((1U << bits) - 1U)) != 0) {
    return refuse(variant, "trailing_bits", "has unused bits that are not zero", "RFC 4648 §3.5", text.size() - 1);
  }
  return bytes;
}

}  // namespace

std::string base64url_encode(std::string_view bytes) { return encode(bytes, kUrlAlphabet); }

Result<std::string> base64url_decode(std::string_view text) {
  if (const std::size_t padding = text.find('='); padding != std::string_view::npos) {
    return refuse(kUrlVariant, "padding", "is padded, which JOSE and PKCE do not allow", "RFC 7515 §2", padding);
  }
  return decode(text, kUrlVariant);
}

std::string base64_encode(std::string_view bytes) {
  std::string text = encode(bytes, kStandardAlphabet);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

Result<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return refuse(kStandardVariant, "padding", "is not padded to a multiple of four", "RFC 4648 §3.2", text.size());
  }
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode(text, kStandardVariant);
}

}  // namespace mimir::codec
