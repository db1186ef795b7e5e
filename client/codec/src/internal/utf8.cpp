#include "utf8.hpp"

#include <algorithm>

namespace mimir::codec::internal {
namespace {

/// Bytes of the well-formed character that `text` starts with; 0 when it starts with none (RFC 3629 §4's grammar).
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto between = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const auto tail = [&](std::size_t i) { return between(i, 0x80, 0xBF); };
  if (between(0, 0x00, 0x7F)) return 1;
  if (between(0, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (between(0, 0xE0, 0xEF)) {
    const unsigned low = byte(0) == 0xE0 ? 0xA0 : 0x80;   // Below: overlong.
    const unsigned high = byte(0) == 0xED ? 0x9F : 0xBF;  // Above: surrogates.
    return between(1, low, high) && tail(2) ? 3 : 0;
  }
  if (between(0, 0xF0, 0xF4)) {
    const unsigned low = byte(0) == 0xF0 ? 0x90 : 0x80;
    const unsigned high = byte(0) == 0xF4 ? 0x8F : 0xBF;  // Above: beyond U+10FFFF.
    return between(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  for (;;) {
    const auto beyond_ascii = std::find_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
    if (beyond_ascii == text.end()) return true;
    text.remove_prefix(static_cast<std::size_t>(beyond_ascii - text.begin()));
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    repaired += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return repaired;
}

}  // namespace mimir::codec::internal
