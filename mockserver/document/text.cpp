#include "text.hpp"

#include <array>
#include <cstdio>

namespace mockoauth::document {
namespace {

// Length of the well-formed UTF-8 sequence at the front, 0 when it is none (RFC 3629 §4: the shortest form only, no
// surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t index = 2; index < length; ++index) {
    if (byte(index) < 0x80 || byte(index) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
      std::array<char, 32> name{};
      std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(byte));
      return BadByte{offset, std::string("control character ") + name.data() + " is not allowed in a data file"};
    }
    const std::size_t length = sequence_length(text.substr(offset));
    if (length == 0) return BadByte{offset, "this byte is not UTF-8"};
    offset += length;
  }
  return std::nullopt;
}

}  // namespace mockoauth::document
