#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/secret.hpp>

namespace mimir::oauth::internal {

constexpr std::size_t kAeadKeyBytes = 32;
constexpr std::size_t kAeadNonceBytes = 12;
constexpr std::size_t kAeadTagBytes = 16;

/// HKDF with SHA-256 (RFC 5869), one AES-256 key long. Nothing when OpenSSL cannot do it.
[[nodiscard]] std::optional<codec::Secret> derive_key(std::string_view secret, std::string_view salt,
                                                      std::string_view info);

/// AES-256-GCM (NIST SP 800-38D): ciphertext followed by the tag. A nonce must never be used twice with one key.
[[nodiscard]] std::optional<std::string> aead_seal(const codec::Secret& key, std::string_view nonce,
                                                   std::string_view associated_data, std::string_view plain_text);

/// Nothing when a single bit of key, nonce, associated data, ciphertext or tag is not the one that was sealed.
[[nodiscard]] std::optional<codec::Secret> aead_open(const codec::Secret& key, std::string_view nonce,
                                                     std::string_view associated_data, std::string_view sealed);

}  // namespace mimir::oauth::internal
