#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mimir/oauth/client_registration.hpp>
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
  std::string registration = {};                  ///< RFC 7591 §3.
};

/// Where a provider departs from the standards. What is left empty departs nowhere.
struct ProviderDialect {
  /// How a client that has a secret shows it, where no metadata says so: `client_secret_basic` or `client_secret_post`
  /// (RFC 7591 §2).
  std::string client_secret_method = {};
  std::string scope_separator = {};  ///< Between the scopes of a request; a blank by RFC 6749 §3.3.
  /// Between those of an answer. A list in JSON is read where this is `list`.
  std::string granted_scope_separator = {};
  bool json_requests = false;           ///< Its endpoints want JSON and no form (RFC 6749 §4.1.3 wants a form).
  bool state_in_token_request = false;  ///< The code exchange must repeat the state.
  bool redirect_uri_in_refresh = false;  ///< A refresh must repeat the redirect URI of the login.
  bool bearer_when_silent = false;      ///< An answer without token_type, which RFC 6749 §5.1 requires, means Bearer.
  /// What every request to its endpoints carries besides, for example the version of its API.
  std::vector<std::pair<std::string, std::string>> request_headers = {};
  /// The provider's own word for an error, and the standard one that says the same (RFC 6749 §5.2, RFC 8628 §3.5).
  std::vector<std::pair<std::string, std::string>> error_synonyms = {};
  /// Its own name for a parameter of the protocol, for example `client_key` for `client_id`: the standard name first.
  std::vector<std::pair<std::string, std::string>> parameter_names = {};

  [[nodiscard]] bool operator==(const ProviderDialect&) const = default;
};

/// Whose login is wanted, where several people or accounts may be signed in in one browser. The first two need the scope
/// `openid`; a login of somebody else is refused, its tokens are revoked, and nothing is overwritten (`account.unexpected`).
struct ExpectedAccount {
  std::string subject = {};  ///< `sub` of the ID Token, byte for byte (OIDC Core §2).
  /// E-mail address or user name. Goes to the provider as `login_hint` (OIDC Core §3.1.2.1), and must be the ID Token's
  /// `email` (not one with `email_verified` false), `preferred_username` or `sub`, ASCII letters of the first two in any case.
  std::string login_hint = {};
  /// The provider shows its accounts even where one is signed in (`prompt=select_account`). Not kept with a login.
  bool selects = false;

  [[nodiscard]] bool operator==(const ExpectedAccount&) const = default;
};

/// How this program is known to one provider.
struct OAuthConfig {
  std::string issuer;                          ///< Issuer identifier, exactly as the provider publishes it (RFC 8414 §2).
  /// As registered; or the https URL of a document about this program, for providers that fetch it
  /// (draft-ietf-oauth-client-id-metadata-document). Empty with `registration`.
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
  /// The user must have logged in no longer ago than this, or log in anew; 0 means now. With the scope `openid` a login
  /// that was longer ago is refused (OIDC Core §3.1.2.1, §3.1.3.7).
  std::optional<std::chrono::seconds> max_age = {};
  /// In which ways the user may log in, best first. With the scope `openid` a login in another way is refused.
  std::vector<std::string> acr_values = {};
  /// Binds the tokens to a key made for each login and proves it with every request (RFC 9449, DPoP). A provider that
  /// answers with plain bearer tokens is refused then (§5).
  bool dpop_bound_access_tokens = false;
  bool pushes_authorization = false;  ///< RFC 9126 whenever offered; in any case where the metadata requires it.
  /// PEM private key of a client registered for `private_key_jwt` (RFC 7523 §2.2), used instead of a client secret.
  std::optional<Secret> client_key = {};
  std::string client_key_id = {};     ///< `kid` under which the provider knows that key; may be empty.
  /// The one way in which the client is registered to prove who it is (RFC 7591 §2), for example `client_secret_post`.
  /// Empty: what its credential allows and the metadata lists.
  std::string token_endpoint_auth_method = {};
  /// Claims, by name and value, that the ID Token of whoever logs in must have, for example the tenant. In a claim that is
  /// a list one member must be equal. Needs the scope `openid`. Holds for a login that is stored already, too.
  std::vector<std::pair<std::string, std::string>> required_claims = {};
  /// Holds for a login that is stored already, too.
  ExpectedAccount account = {};
  /// Registers this program at the first login and uses that registration from then on (RFC 7591), one for each issuer
  /// and redirect URI. With an https URL as `client_id`: only where the provider takes no such URL.
  std::optional<RegistrationRequest> registration = {};
  ProviderDialect dialect = {};

  [[nodiscard]] OAuthConfig clone() const;
};

}  // namespace mimir::oauth
