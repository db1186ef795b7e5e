// {"type": "authorized_user", "client_id", "client_secret", "refresh_token", …}: what command-line tools and client
// libraries write for one user; the same with "token" and "expiry" and without "type" by others.
#include "internal/login_format.hpp"

namespace mimir::oauth::internal {
namespace {

bool is_it(const codec::Json& document) {
  return document.string_at("refresh_token") && document.string_at("client_id");
}

std::optional<std::vector<OldLogin>> read(const codec::Json& document) {
  OldLogin old;
  auto& config = old.login.config;
  auto& tokens = old.login.tokens;
  config.client_id = *document.string_at("client_id");
  if (const auto secret = document.string_at("client_secret")) config.client_secret = Secret(*secret);
  config.issuer = document.string_at("issuer").value_or("");
  config.endpoints.token = document.string_at("token_uri").value_or("");
  old.name = document.string_at("account").value_or("");
  tokens.refresh_token = Secret(*document.string_at("refresh_token"));
  tokens.token_type = "Bearer";
  tokens.access_token = Secret(document.string_at("token").value_or(""));
  if (const auto* expiry = document.find("expiry")) {
    tokens.expires_at = time_of(*expiry);
    if (!tokens.expires_at) return std::nullopt;
  }
  if (const auto* scopes = document.find("scopes")) {
    auto read = scopes_of(*scopes);
    if (!read) return std::nullopt;
    tokens.scopes = *read;
    config.scopes = std::move(*read);
  }
  std::vector<OldLogin> result;
  result.push_back(std::move(old));
  return result;
}

}  // namespace

void register_authorized_user(LoginFormats& formats) {
  formats.add({.name = "authorized_user", .title = "one user's refresh token with its client", .is_it = is_it, .read = read});
}

}  // namespace mimir::oauth::internal
