#include <mimir/oauth/tokens.hpp>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth {
namespace {

std::optional<Secret> clone_optional(const std::optional<Secret>& secret) {
  if (!secret) return std::nullopt;
  return secret->clone();
}

}  // namespace

OAuthTokens OAuthTokens::clone() const {
  return {.access_token = access_token.clone(),
          .token_type = token_type,
          .refresh_token = clone_optional(refresh_token),
          .id_token = clone_optional(id_token),
          .expires_at = expires_at,
          .obtained_at = obtained_at,
          .dpop_key = clone_optional(dpop_key),
          .scopes = scopes};
}

OAuthConfig OAuthConfig::clone() const {
  return {.issuer = issuer,
          .client_id = client_id,
          .client_secret = clone_optional(client_secret),
          .redirect_uri = redirect_uri,
          .scopes = scopes,
          .endpoints = endpoints,
          .alternative_ports = alternative_ports,
          .resources = resources,
          .authorization_parameters = authorization_parameters,
          .dpop_bound_access_tokens = dpop_bound_access_tokens,
          .pushes_authorization = pushes_authorization,
          .client_key = clone_optional(client_key),
          .client_key_id = client_key_id};
}

StoredLogin StoredLogin::clone() const {
  return {.config = config.clone(), .tokens = tokens.clone(), .generation = generation};
}

Result<std::string> TokenStorage::read_note(const std::string&) { return std::string(); }
Result<> TokenStorage::write_note(const std::string&, const std::string&) { return {}; }

}  // namespace mimir::oauth
