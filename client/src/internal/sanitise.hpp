#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mimir::oauth::internal {

/// Makes text from a server safe to print and log (RFC 6749 §10.14): everything outside printable ASCII becomes `?`, so
/// neither terminal control sequences nor C1 controls, bidirectional marks or line breaks survive; then it is cut.
[[nodiscard]] std::string sanitise(std::string_view remote, std::size_t max_bytes = 500);

/// An OAuth error code as it may be shown: the characters of RFC 6749 §5.2, at most 64 bytes.
[[nodiscard]] std::string sanitise_code(std::string_view remote);

/// Scheme, host, port and path: what of a URL may stand in an error or a log.
[[nodiscard]] std::string printable_url(std::string_view url);

}  // namespace mimir::oauth::internal
