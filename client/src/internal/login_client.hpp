#pragma once

#include <functional>
#include <optional>

#include <internal/manager_state.hpp>
#include <internal/registration_request.hpp>

namespace mimir::oauth::internal {

/// As whom to log in.
struct LoginClient {
  OAuthConfig config;      ///< With client id, and secret and method where it was registered.
  Metadata metadata;
  RedirectForm redirects;  ///< Where to listen: as registered, or as configured.
};

/// What must hold before a user is sent anywhere: the configuration is sound, and its issuer no stranger (StrangeIssuers).
Result<> check_login(ManagerState& state, const OAuthConfig& config, const Context& context);

/// Logs in as the client that fits (one that is configured, a client id metadata document where the server takes such, or a
/// registration), and once more with a new registration when the server does not know the old one any more.
/// @param needed   endpoints of the flow.
/// @param attempt  one login; opens the browser only when everything else is settled.
Result<OAuthTokens> log_in_as_client(ManagerState& state, const OAuthConfig& config, NeededEndpoints needed,
                                     const Context& context,
                                     const std::function<Result<OAuthTokens>(const LoginClient&)>& attempt);

}  // namespace mimir::oauth::internal
