#pragma once

#include <optional>
#include <string>

#include <mimir/codec/form.hpp>
#include <mimir/codec/pkce.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// The secrets of one login attempt: independent draws from the system's generator, never reused.
struct LoginSecrets {
  Secret state;                     ///< 256 bits (RFC 6749 §10.10, §10.12).
  codec::PkcePair pkce;             ///< RFC 7636, always S256.
  std::optional<std::string> dpop_jkt = {};  ///< Binds the code to the key of the tokens (RFC 9449 §10); no secret.
  std::optional<Secret> nonce = {};  ///< 256 bits, when OpenID Connect is asked for (OIDC Core §15.5.2).
};

/// Fails when the generator does (RFC 7636 §7.1), or repeats itself.
Result<LoginSecrets> draw_login_secrets(Random& random, bool with_nonce, std::size_t verifier_length);

/// What the authorization request says (RFC 6749 §4.1.1, RFC 8707 §2.1), for the browser or for a pushed request.
[[nodiscard]] codec::Parameters authorization_parameters(const OAuthConfig& config, const std::string& redirect_uri,
                                                         const LoginSecrets& secrets);

/// The same parameters by the names that this provider has for them.
[[nodiscard]] codec::Parameters in_dialect(const codec::Parameters& parameters, const ProviderDialect& dialect);

/// The URL for the user's browser (RFC 6749 §4.1.1). A query that the endpoint already has is kept (§3.1); no parameter
/// is there twice, but for `resource`.
Result<std::string> authorization_url(const std::string& authorization_endpoint, const codec::Parameters& parameters);

/// Whether this configuration asks for OpenID Connect (Core §3.1.2.1).
[[nodiscard]] bool asks_for_openid(const OAuthConfig& config);

/// The scopes as one parameter (RFC 6749 §3.3).
[[nodiscard]] std::string join_scopes(const std::vector<std::string>& scopes);
/// The same as this provider wants it in a request.
[[nodiscard]] std::string scope_parameter(const std::vector<std::string>& scopes, const OAuthConfig& config);
[[nodiscard]] std::vector<std::string> split_scopes(std::string_view text);

/// What must hold before anything is sent: an issuer, a client id, no control characters, resources that are absolute
/// URIs without fragment (RFC 8707 §2), no extra parameter that would replace one of the protocol's.
Result<> check_config(const std::string& provider, const OAuthConfig& config);

/// The same for a login, which can come without a client id where the program is to be registered (RFC 7591).
Result<> check_login_config(const std::string& provider, const OAuthConfig& config);

}  // namespace mimir::oauth::internal
