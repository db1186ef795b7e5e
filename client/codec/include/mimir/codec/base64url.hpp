#pragma once

#include <string>
#include <string_view>

#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// Base64url without padding, as JOSE and PKCE use it (RFC 7515 §2, RFC 4648 §5). Strings hold bytes.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// Strict: no padding, no white space, no other alphabet, no length of 1 modulo 4, unused bits zero (RFC 4648 §3.5).
[[nodiscard]] Result<std::string> base64url_decode(std::string_view text);

/// Base64 with padding, as Basic authentication uses it (RFC 4648 §4, RFC 7617 §2).
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Strict: padding needed, no white space, unused bits zero.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace mimir::codec
