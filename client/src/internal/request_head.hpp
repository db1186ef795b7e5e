#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mimir::oauth::internal {

/// The head of an HTTP/1.x request. Views into the bytes that were parsed.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
};

/// Strict reading of RFC 9112 §3 and §5: CRLF only, single spaces, a token as method, a target of visible ASCII,
/// HTTP/1.0 or 1.1, no folded header, no space before a colon, no NUL. Nothing when any of that is broken.
[[nodiscard]] std::optional<RequestHead> parse_request_head(std::string_view bytes);

}  // namespace mimir::oauth::internal
