// Tokens that no request has asked for: made, ended and looked up by a test.
#include "protocol/minting.hpp"

#include <algorithm>

#include "protocol/answers.hpp"
#include "protocol/call.hpp"
#include "protocol/issue.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

// So that the journal tells where a token comes from that no exchange gave.
void note_minted(RealmState& realm, Call& call, std::string what, HttpResponse answer) {
  auto& exchange = call.exchange;
  exchange.endpoint = "control";
  exchange.virtual_time = call.now;
  exchange.real_time = realm.real_clock.now();
  exchange.request = call.request;
  exchange.reason = std::move(what);
  exchange.response = std::move(answer);
  realm.journal.add(exchange);
}

HttpRequest minting_request(const char* target) { return {.method = "POST", .target = target}; }

/// @returns whether it was still good.
template <class Token>
bool is_alive(Tables& tables, const Token& token, TimePoint now) {
  const bool over = (token.expires_at && *token.expires_at <= now) || (token.revoked_at && *token.revoked_at <= now);
  return !over && !tables.login_is_dead(token.login, now);
}

template <class Change>
bool end_token(RealmState& realm, const std::string& text, Change change) {
  const auto now = realm.clock.now();
  auto tables = realm.store.open();
  bool was_alive = false;
  const auto end = [&](auto* token) {
    if (token == nullptr) return;
    was_alive = is_alive(*tables, *token, now);
    if (was_alive) change(*token, now);
  };
  end(tables->find_access(text));
  end(tables->find_refresh(text));
  return was_alive;
}

}  // namespace

mimir::codec::Result<std::string> sign_token(RealmState& realm, const Json& claims, const std::string& algorithm,
                                             const std::string& typ, const std::string& client_secret) {
  auto token = realm.keys.sign(claims, algorithm, typ, client_secret);
  if (!token) return token;
  const auto request = minting_request("/_mock/tokens/sign");
  Call call{.realm = realm, .request = request, .now = realm.clock.now()};
  // Under a name that is masked: the journal shows which one it was, not what it was.
  note_minted(realm, call, "signed for a test: any claims, no grant",
              json_answer(200, Json::object({{"token", Json(*token)}})));
  return token;
}

mimir::codec::Result<Json> issue_tokens(RealmState& realm, const GrantOrder& order) {
  const auto client = realm.registrations.find_client(order.client_id);
  if (!client) return mimir::codec::fail("client.unknown", "there is no client `" + order.client_id.substr(0, 80) + "`");
  const auto user = order.sub.empty() ? std::nullopt : realm.registrations.find_user(order.sub);
  if (!order.sub.empty() && !user) {
    return mimir::codec::fail("user.unknown", "there is no user `" + order.sub.substr(0, 80) + "`");
  }
  const auto request = minting_request("/_mock/tokens/issue");
  Call call{.realm = realm, .request = request, .now = realm.clock.now()};
  call.exchange.client_id = order.client_id;
  Login login;
  login.client_id = client->client_id;
  login.scopes = order.scopes;
  login.auth_time = call.now;
  login.has_user = user.has_value();
  if (user) login.user = *user;
  const auto& contexts = realm.options.authentication_contexts;
  if (user && !contexts.empty()) {
    login.acr = contexts.front().acr;
    login.amr = contexts.front().amr;
  }
  {
    auto tables = realm.store.open();
    if (user) login.first_consent = tables->consent(user->sub, client->client_id);
    login = tables->add_login(std::move(login));
  }
  call.exchange.grant = login.id;
  TokenAnswer answer{.client = *client, .login = login, .scopes = login.scopes};
  if (auto given = give_refresh_token(call, answer); !given) return mimir::codec::fail("token.refused", given.error().detail);
  auto response = answer_with_tokens(call, answer);
  if (!response) return mimir::codec::fail("token.refused", response.error().detail);
  auto body = Json::parse(response->body);
  note_minted(realm, call, "issued for a test: no login", std::move(*response));
  return body ? *body : Json();
}

bool revoke_token(RealmState& realm, const std::string& text) {
  return end_token(realm, text, [](auto& token, TimePoint now) { token.revoked_at = now; });
}

bool expire_token(RealmState& realm, const std::string& text) {
  return end_token(realm, text, [](auto& token, TimePoint now) { token.expires_at = now; });
}

std::optional<GrantView> find_grant(RealmState& realm, const std::string& flow) {
  const auto now = realm.clock.now();
  auto tables = realm.store.open();
  const auto* login = tables->find_login(flow);
  if (login == nullptr) return std::nullopt;
  return GrantView{.flow = login->id,
                   .client_id = login->client_id,
                   .sub = login->has_user ? login->user.sub : std::string(),
                   .scopes = login->scopes,
                   .is_alive = !login->ended_by && !tables->login_is_dead(flow, now)};
}

std::string flow_of(RealmState& realm, const std::string& token) {
  auto tables = realm.store.open();
  if (const auto* code = tables->find_code(token)) return code->login;
  if (const auto* access = tables->find_access(token)) return access->login;
  if (const auto* refresh = tables->find_refresh(token)) return refresh->login;
  return {};
}

}  // namespace mockoauth::server
