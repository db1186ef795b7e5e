// {"<provider>": {"accessToken", "refreshToken", "expiresAt", "scope", "config": {"issuer", "clientId", …}}, …}: what
// programs in JavaScript write, and the first design of mimir did.
#include <algorithm>

#include "internal/login_format.hpp"

namespace mimir::oauth::internal {
namespace {

bool is_it(const codec::Json& document) {
  const auto& members = *document.as_object();
  return !members.empty() && std::ranges::all_of(members, [](const auto& member) {
    return member.second.is_object() && member.second.string_at("accessToken");
  });
}

bool read_config(const codec::Json& json, OAuthConfig& config) {
  if (!json.is_object()) return false;
  config.issuer = json.string_at("issuer").value_or("");
  config.client_id = json.string_at("clientId").value_or("");
  if (const auto secret = json.string_at("clientSecret")) config.client_secret = Secret(*secret);
  if (const auto uri = json.string_at("redirectUri")) config.redirect_uri = *uri;
  if (const auto* scopes = json.find("scopes")) {
    auto read = scopes_of(*scopes);
    if (!read) return false;
    config.scopes = std::move(*read);
  }
  return true;
}

bool read_login(const codec::Json& json, StoredLogin& login) {
  auto& tokens = login.tokens;
  tokens.access_token = Secret(*json.string_at("accessToken"));
  tokens.token_type = json.string_at("tokenType").value_or("Bearer");
  if (const auto refresh = json.string_at("refreshToken")) tokens.refresh_token = Secret(*refresh);
  if (const auto id = json.string_at("idToken")) tokens.id_token = Secret(*id);
  if (const auto* expiry = json.find("expiresAt"); expiry != nullptr && !expiry->is_null()) {
    tokens.expires_at = time_of(*expiry);
    if (!tokens.expires_at) return false;
  }
  if (const auto* scope = json.find("scope")) {
    auto read = scopes_of(*scope);
    if (!read) return false;
    tokens.scopes = std::move(*read);
  }
  const auto* config = json.find("config");
  return config == nullptr || read_config(*config, login.config);
}

std::optional<std::vector<OldLogin>> read(const codec::Json& document) {
  std::vector<OldLogin> result;
  for (const auto& [name, json] : *document.as_object()) {
    OldLogin old{.name = name};
    if (!read_login(json, old.login)) return std::nullopt;
    if (old.login.config.scopes.empty()) old.login.config.scopes = old.login.tokens.scopes;
    result.push_back(std::move(old));
  }
  return result;
}

}  // namespace

void register_tokens_by_provider(LoginFormats& formats) {
  formats.add({.name = "tokens_by_provider", .title = "tokens of several providers, by their names", .is_it = is_it, .read = read});
}

}  // namespace mimir::oauth::internal
