#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// The signing keys: published test keys, compiled in, read once per process on first use. Immutable; thread-safe.
[[nodiscard]] const mimir::codec::KeySet& signing_keys();

/// Signs a JWT with the key for this algorithm. @param typ of the header: `JWT`, `at+jwt`.
[[nodiscard]] mimir::codec::Result<std::string> sign_jwt(const mimir::codec::Json& claims, std::string_view algorithm,
                                                         std::string_view typ);

}  // namespace mockoauth::server
