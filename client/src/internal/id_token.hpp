#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <internal/key_cache.hpp>
#include <internal/metadata.hpp>
#include <mimir/codec/jws.hpp>

namespace mimir::oauth::internal {

/// What an authorization request asked of the ID Token that comes of it; nothing in flows without one.
struct AskedIdentity {
  const Secret* nonce = nullptr;                     ///< Must be there and equal when set.
  std::optional<std::chrono::seconds> max_age = {};  ///< `auth_time` must be there and no older when set.
  std::vector<std::string> acr_values = {};          ///< `acr` must be one of these unless there are none.
};

/// What an ID Token must say to be this login's (OIDC Core §3.1.3.7; on refresh §12.2).
struct IdTokenExpectation {
  const std::string& issuer;
  const std::string& client_id;
  AskedIdentity asked = {};
  std::optional<std::string> subject = {};        ///< Of the login that is being refreshed.
  const Secret* access_token = nullptr;           ///< For at_hash, when the token has one (§3.1.3.8).
  TimePoint now;                                  ///< By the provider's clock, as far as that is known.
  std::string wrong_clock = {};                   ///< A clause that says so if ours is too wrong to be reckoned with.
};

/// The algorithms we accept: asymmetric ones only, narrowed to what the metadata lists. The token itself has no say
/// (RFC 8725 §3.1).
[[nodiscard]] std::vector<codec::JwsAlgorithm> accepted_algorithms(const Metadata& metadata);

/// Checks signature and claims. The keys are asked for once more when none has the token's key id, and then no more.
Result<> validate_id_token(const Secret& id_token, const IdTokenExpectation& expected, const Metadata& metadata,
                           KeyCache& keys, const Context& context);

/// Judges the claims of a token whose signature has been verified.
Result<> check_id_token_claims(const codec::Json& claims, codec::JwsAlgorithm algorithm,
                               const IdTokenExpectation& expected);

/// `sub` of an ID Token that was validated when it was stored.
[[nodiscard]] std::optional<std::string> subject_of_stored(const Secret& id_token);

}  // namespace mimir::oauth::internal
