#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mockoauth::document {

/// A byte that no data file may hold, and why.
struct BadByte {
  std::size_t offset = 0;
  std::string message;
};

/// The first thing in a text that is neither well-formed UTF-8 (RFC 3629 §4) nor printable by YAML 1.2.2 §5.1.
std::optional<BadByte> find_bad_byte(std::string_view text);

}  // namespace mockoauth::document
