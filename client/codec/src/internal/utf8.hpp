#pragma once

#include <string>
#include <string_view>

namespace mimir::codec::internal {

/// Well-formed UTF-8 (RFC 3629 §4): no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// The text with every malformed byte replaced by U+FFFD.
[[nodiscard]] std::string repair_utf8(std::string_view text);

}  // namespace mimir::codec::internal
