#pragma once

#include <cstddef>
#include <optional>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>

namespace mockoauth::server {

/// How many published test keys are compiled in for the algorithm; 0 for the symmetric ones.
[[nodiscard]] std::size_t count_fixture_keys(mimir::codec::JwsAlgorithm algorithm);

/// One of them, its kid and `alg` set, read once per process. Nothing past the last one. Thread-safe.
[[nodiscard]] std::optional<mimir::codec::Key> fixture_key(mimir::codec::JwsAlgorithm algorithm, std::size_t index);

/// Its public part as a JWK with kid and `alg`, without reading the key: reading one takes OpenSSL longer than a whole
/// request takes. Nothing past the last one.
[[nodiscard]] std::optional<mimir::codec::Json> public_fixture_jwk(mimir::codec::JwsAlgorithm algorithm,
                                                                   std::size_t index);

/// The kid of the key of that rank: `rs256`, `rs256-2`, `ed25519`.
[[nodiscard]] std::string kid_of(mimir::codec::JwsAlgorithm algorithm, std::size_t index);

}  // namespace mockoauth::server
