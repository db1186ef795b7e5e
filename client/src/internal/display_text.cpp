#include <internal/display_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace mimir::oauth::internal {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Format and control characters of Unicode 15 (Cc, Cf, Zl, Zp), surrogates, private use, variation selectors, fillers
/// that draw nothing, and non-characters at the ends of planes are looked at apart.
constexpr std::array kHidden{
    Range{0x0000, 0x001F},   Range{0x007F, 0x009F},     Range{0x00AD, 0x00AD},     Range{0x034F, 0x034F},
    Range{0x0600, 0x0605},   Range{0x061C, 0x061C},     Range{0x06DD, 0x06DD},     Range{0x070F, 0x070F},
    Range{0x0890, 0x0891},   Range{0x08E2, 0x08E2},     Range{0x115F, 0x1160},     Range{0x17B4, 0x17B5},
    Range{0x180B, 0x180F},   Range{0x200B, 0x200F},     Range{0x2028, 0x202E},     Range{0x2060, 0x206F},
    Range{0x2800, 0x2800},   Range{0x3164, 0x3164},     Range{0xD800, 0xF8FF},     Range{0xFDD0, 0xFDEF},
    Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},     Range{0xFFA0, 0xFFA0},     Range{0xFFF0, 0xFFFF},
    Range{0x110BD, 0x110BD}, Range{0x110CD, 0x110CD},   Range{0x13430, 0x1345F},   Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0xE0000, 0x10FFFF},
};

bool is_hidden(std::uint32_t code) {
  return (code & 0xFFFE) == 0xFFFE ||
         std::ranges::any_of(kHidden, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

struct Character {
  std::size_t bytes = 1;
  bool shown = false;
};

/// The well-formed character that a text begins with (RFC 3629 §4), or one byte that begins none.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0                 ? 2
                                                                           : 0;
  if (length == 0 || length > text.size()) return {};
  constexpr std::array<std::uint32_t, 5> kMask{0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  auto code = lead & kMask[length];
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  if (code < kSmallest[length] || code > 0x10FFFF) return {};
  return {length, !is_hidden(code)};
}

}  // namespace

std::string display_text(std::string_view remote, std::size_t max_bytes) {
  std::string text;
  bool in_hidden_run = false;
  while (!remote.empty()) {
    const auto next = first_character(remote);
    const auto piece = next.shown ? remote.substr(0, next.bytes) : std::string_view("?");
    remote.remove_prefix(next.bytes);
    if (in_hidden_run && !next.shown) continue;
    in_hidden_run = !next.shown;
    if (text.size() + piece.size() > max_bytes) return text + "...";
    text += piece;
  }
  return text;
}

}  // namespace mimir::oauth::internal
