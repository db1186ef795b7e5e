#pragma once

#include <string_view>

namespace mimir::oauth::internal {

/// ASCII only: the process locale must never decide how a protocol element compares.
[[nodiscard]] constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Equal without regard to case, as header names and hosts are compared (RFC 9110 §5.1, RFC 3986 §3.2.2).
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Characters below space, and DEL.
[[nodiscard]] constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Printable, no space: what a URL may consist of once it is encoded.
[[nodiscard]] constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

}  // namespace mimir::oauth::internal
