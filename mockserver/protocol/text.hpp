#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mockoauth::server {

/// ASCII only, whatever the locale.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
/// Without spaces and tabs at the ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// `[A-Za-z0-9-._~]` (RFC 3986 §2.3).
[[nodiscard]] bool is_unreserved(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] bool contains(const std::vector<std::string>& list, std::string_view item);

/// Every occurrence of `what` replaced.
[[nodiscard]] std::string replace_all(std::string text, std::string_view what, std::string_view with);

}  // namespace mockoauth::server
