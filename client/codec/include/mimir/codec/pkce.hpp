#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mimir/codec/random.hpp>
#include <mimir/codec/result.hpp>
#include <mimir/codec/secret.hpp>

namespace mimir::codec {

/// A PKCE verifier with its S256 challenge (RFC 7636 §4.1, §4.2). The client's side only: the mock server computes the
/// challenge on its own, so that one mistake cannot hide on both sides.
struct PkcePair {
  Secret verifier;
  std::string challenge;
};

/// @param length  characters of the verifier, 43 to 128 (RFC 7636 §4.1); fails with `pkce.length` otherwise.
Result<PkcePair> make_pkce_pair(Random& random, std::size_t length = 128);

/// BASE64URL(SHA256(ASCII(verifier))), RFC 7636 §4.2.
[[nodiscard]] std::string pkce_s256_challenge(std::string_view verifier);

}  // namespace mimir::codec
