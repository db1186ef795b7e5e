#include <internal/lifetime.hpp>

#include <algorithm>

#include <internal/authorization_request.hpp>

namespace mimir::oauth::internal {
bool has_expired(const OAuthTokens& tokens, TimePoint now) { return tokens.expires_at && now >= *tokens.expires_at; }

bool is_fresh(const OAuthTokens& tokens, TimePoint now, std::chrono::seconds refresh_early, double spread) {
  if (!holds_login(tokens) || tokens.obtained_at > now + kClockTolerance) return false;
  return !tokens.expires_at || now < *tokens.expires_at - refresh_margin(tokens, refresh_early, spread);
}

std::chrono::milliseconds refresh_margin(const OAuthTokens& tokens, std::chrono::seconds refresh_early, double spread) {
  if (!tokens.expires_at) return std::chrono::milliseconds(0);
  const auto fifth = (*tokens.expires_at - tokens.obtained_at) / 5;
  const auto margin = std::min<std::chrono::milliseconds>(refresh_early, fifth);
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(margin.count()) * spread));
}

OAuthTokens tokens_of(TokenGrant grant, TimePoint received, const std::vector<std::string>& requested) {
  OAuthTokens tokens{.access_token = std::move(grant.access_token),
                     .token_type = std::move(grant.token_type),
                     .refresh_token = std::move(grant.refresh_token),
                     .id_token = std::move(grant.id_token),
                     .obtained_at = received,
                     .dpop_key = std::move(grant.dpop_key),
                     .scopes = grant.scopes.value_or(split_scopes(join_scopes(requested)))};
  if (grant.lifetime) tokens.expires_at = received + *grant.lifetime;
  return tokens;
}

std::vector<std::string> missing_scopes(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& granted) {
  const auto have = split_scopes(join_scopes(granted));
  std::vector<std::string> missing;
  for (auto& scope : split_scopes(join_scopes(wanted))) {
    if (std::find(have.begin(), have.end(), scope) == have.end()) missing.push_back(std::move(scope));
  }
  return missing;
}

}  // namespace mimir::oauth::internal
