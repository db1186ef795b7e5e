#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth {

/// What a token endpoint granted (RFC 6749 §5.1), with expiry made absolute. Moves; copied only by clone().
struct OAuthTokens {
  Secret access_token;
  std::string token_type;                     ///< As sent, for example `Bearer`.
  std::optional<Secret> refresh_token = {};   ///< Absent when the provider issued none.
  std::optional<Secret> id_token = {};        ///< As received; see IdToken for its claims.
  std::optional<TimePoint> expires_at = {};   ///< Local clock, counted from receipt; absent when the provider gave none.
  TimePoint obtained_at = {};                 ///< Local clock.
  /// PEM private key that the tokens are bound to (RFC 9449): kept with them, worth as much as they are.
  std::optional<Secret> dpop_key = {};
  std::vector<std::string> scopes = {};       ///< Granted; equal to the requested ones when the answer was silent (§5.1).

  [[nodiscard]] OAuthTokens clone() const;
};

/// Endpoints known beforehand; those left empty come from discovery (RFC 8414).
struct Endpoints {
  std::string authorization = {};
  std::string token = {};
  std::string revocation = {};
  std::string userinfo = {};
  std::string jwks = {};
  std::string device_authorization = {};          ///< RFC 8628 §3.1.
  std::string pushed_authorization_request = {};  ///< RFC 9126 §2.
};

/// How this program is known to one provider.
struct OAuthConfig {
  std::string issuer;                          ///< Issuer identifier, exactly as the provider publishes it (RFC 8414 §2).
  std::string client_id;
  std::optional<Secret> client_secret = {};    ///< Most native apps have none (RFC 8252 §8.5).
  /// Loopback redirect URI. A port of 0 or none means any free port (RFC 8252 §7.3); a port means exactly that one.
  std::string redirect_uri = "http://127.0.0.1/callback";
  std::vector<std::string> scopes = {};
  Endpoints endpoints = {};
  /// More ports that are registered for this client, tried in order after that of redirect_uri.
  std::vector<std::uint16_t> alternative_ports = {};
  /// APIs the tokens are for (RFC 8707): absolute URIs without fragment, sent alike in authorization, token and refresh
  /// requests.
  std::vector<std::string> resources = {};
  /// What this provider wants besides, for example `prompt` or `audience`. May not name a parameter the protocol sets.
  std::vector<std::pair<std::string, std::string>> authorization_parameters = {};
  /// Binds the tokens to a key made for each login and proves it with every request (RFC 9449, DPoP). A provider that
  /// answers with plain bearer tokens is refused then (§5).
  bool dpop_bound_access_tokens = false;
  bool pushes_authorization = false;  ///< RFC 9126 whenever offered; in any case where the metadata requires it.
  /// PEM private key of a client registered for `private_key_jwt` (RFC 7523 §2.2), used instead of a client secret.
  std::optional<Secret> client_key = {};
  std::string client_key_id = {};     ///< `kid` under which the provider knows that key; may be empty.

  [[nodiscard]] OAuthConfig clone() const;
};

}  // namespace mimir::oauth
