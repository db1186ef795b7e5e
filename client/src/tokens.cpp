#include <mimir/oauth/tokens.hpp>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth {
namespace {

std::optional<Secret> clone_optional(const std::optional<Secret>& secret) {
  if (!secret) return std::nullopt;
  return secret->clone();
}

}  // namespace

RegistrationRequest RegistrationRequest::clone() const {
  return {.client_name = client_name, .initial_access_token = clone_optional(initial_access_token)};
}

RegisteredClient RegisteredClient::clone() const {
  return {.registered_at = registered_at,
          .secret_expires_at = secret_expires_at,
          .management_uri = management_uri,
          .management_token = clone_optional(management_token),
          .asked_scopes = asked_scopes,
          .metadata = metadata,
          .proven = proven,
          .refused = refused,
          .replaces_refused = replaces_refused};
}

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
          .max_age = max_age,
          .acr_values = acr_values,
          .dpop_bound_access_tokens = dpop_bound_access_tokens,
          .pushes_authorization = pushes_authorization,
          .client_key = clone_optional(client_key),
          .client_key_id = client_key_id,
          .token_endpoint_auth_method = token_endpoint_auth_method,
          .required_claims = required_claims,
          .account = account,
          .registration = registration ? std::optional(registration->clone()) : std::nullopt,
          .dialect = dialect};
}

StoredLogin StoredLogin::clone() const {
  return {.config = config.clone(),
          .tokens = tokens.clone(),
          .generation = generation,
          .registered = registered ? std::optional(registered->clone()) : std::nullopt};
}

Result<std::string> TokenStorage::read_note(const std::string&) { return std::string(); }
Result<> TokenStorage::write_note(const std::string&, const std::string&) { return {}; }

}  // namespace mimir::oauth
