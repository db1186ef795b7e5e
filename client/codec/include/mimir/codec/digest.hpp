#pragma once

#include <string>
#include <string_view>

namespace mimir::codec {

/// Digests over bytes; results are raw bytes, not text.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string sha384(std::string_view bytes);
[[nodiscard]] std::string sha512(std::string_view bytes);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex_encode(std::string_view bytes);

/// Compares in time that depends on the lengths only (CRYPTO_memcmp).
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace mimir::codec
