#pragma once

#include <string>
#include <string_view>

namespace mockoauth::server {

/// In the gzip format (RFC 1952); the same bytes for the same text. Empty: there was no memory for it.
[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace mockoauth::server
