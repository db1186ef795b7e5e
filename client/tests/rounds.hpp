#pragma once

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace mimir::oauth::testing {

/// How often a test of luck is repeated: `usual`, or as often as the environment variable says, for a longer proof.
inline int rounds(const char* variable, int usual) {
  const char* const text = std::getenv(variable);
  const std::string_view wanted = text == nullptr ? "" : text;
  int number = 0;
  std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  return number > 0 ? number : usual;
}

}  // namespace mimir::oauth::testing
