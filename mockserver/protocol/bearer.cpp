#include "protocol/bearer.hpp"

#include <algorithm>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

// RFC 6750 §2.1: b64token.
bool is_b64token(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
  return end != text.begin() && std::all_of(end, text.end(), [](char c) { return c == '='; });
}

Checked<std::string> presented_token(const Call& call) {
  const auto header = call.request.header("Authorization");
  const bool elsewhere = call.query.count("access_token") > 0 || call.form.count("access_token") > 0;
  if (call.request.count_headers("Authorization") > 1) {
    return refuse(Condition::ParamInvalid, "the Authorization header is repeated", "RFC 6750 §3.1");
  }
  if (!header) {
    return refuse(Condition::TokenMissing, elsewhere ? "access tokens are read from the Authorization header only"
                                                     : "there is no Authorization header");
  }
  if (elsewhere) {
    return refuse(Condition::ParamInvalid, "the access token was sent in more than one way", "RFC 6750 §2");
  }
  const auto space = header->find(' ');
  if (!equal_ignoring_case(std::string_view(*header).substr(0, space), "Bearer")) {
    return refuse(Condition::TokenMissing, "the Authorization scheme is not Bearer");
  }
  const auto token = space == std::string::npos ? std::string_view() : trim(std::string_view(*header).substr(space));
  if (!is_b64token(token)) {
    return refuse(Condition::ParamInvalid, "the Bearer credentials are malformed", "RFC 6750 §2.1");
  }
  return std::string(token);
}

}  // namespace

Checked<BearerAccess> check_bearer(Call& call, std::string_view scope) {
  auto text = presented_token(call);
  if (!text) return tl::unexpected(text.error());
  auto tables = call.realm.store.open();
  const AccessToken* token = tables->find_access(*text);
  if (token == nullptr) {
    const bool is_refresh = tables->find_refresh(*text) != nullptr;
    return refuse(Condition::TokenInvalid, is_refresh ? "this is a refresh token, not an access token"
                                                      : "the access token is not one that was issued here");
  }
  call.consumed("access", token->name);
  call.exchange.grant = token->login;
  const Login* login = tables->find_login(token->login);
  if (tables->login_is_dead(token->login, call.now) || (token->revoked_at && *token->revoked_at <= call.now)) {
    return refuse(Condition::TokenInvalid, "the access token was revoked");
  }
  call.exchange.client_id = login->client_id;
  if (token->expires_at && *token->expires_at <= call.now) {
    return refuse(Condition::TokenExpired, "the access token expired at " +
                  mimir::codec::format_iso8601(*token->expires_at));
  }
  if (!scope.empty() && !contains(token->scopes, scope)) {
    Refusal refusal{Condition::ScopeInsufficient, "the access token lacks the scope " + std::string(scope), {},
                    std::string(scope)};
    return tl::unexpected(std::move(refusal));
  }
  return BearerAccess{*token, *login};
}

}  // namespace mockoauth::server
