#pragma once

#include <internal/id_token.hpp>
#include <internal/manager_state.hpp>
#include <internal/token_response.hpp>

namespace mimir::oauth::internal {

/// A login that could not be kept, or would overwrite one that cannot be read, must fail before the user is asked.
Result<> check_store(ManagerState& state, const Context& context);

/// From a token answer to a kept login, whichever way the user took: checks who logged in (OIDC Core §3.1.3.7), stores,
/// then tells. Nothing is stored when a check fails.
/// @param config  kept with the tokens.
Result<OAuthTokens> finish_login(TokenGrant grant, const OAuthConfig& config, const Metadata& metadata,
                                 const AskedIdentity& asked, ManagerState& state, const Context& context);

}  // namespace mimir::oauth::internal
