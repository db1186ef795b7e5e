#pragma once

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// Whether the account of an ID Token is one that the configuration allows (CH-OI-11). Only for a token whose signature has
/// been verified. `id_token.claim_required` (Misconfigured) names the account that was found.
Result<> check_required_claims(const Secret& id_token, const OAuthConfig& config);

}  // namespace mimir::oauth::internal
