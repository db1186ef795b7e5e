#pragma once

#include <string>
#include <string_view>

#include <mimir/codec/jwk.hpp>
#include <mimir/codec/result.hpp>

namespace mimir::codec::internal {

/// Signs with an algorithm of JWA's table; the signature in JOSE's form. Needs a key of the algorithm's type and curve
/// and checks nothing else: neither `alg` nor `use` nor the length of a shared secret.
Result<std::string> sign(JwsAlgorithm algorithm, const Key& key, std::string_view input);

/// Whether the signature is right. The caller has checked that the key fits.
[[nodiscard]] bool verify(JwsAlgorithm algorithm, const Key& key, std::string_view input, std::string_view signature);

}  // namespace mimir::codec::internal
