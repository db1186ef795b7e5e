// Token introspection, RFC 7662.
#include <algorithm>

#include "protocol/answers.hpp"
#include "protocol/assertion.hpp"
#include "protocol/bearer.hpp"
#include "protocol/binding.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/refresh_life.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// §2.1: "some form of authorization" - an identifier that anybody may know is none.
Checked<ClientRegistration> asking_party(Call& call) {
  auto client = authenticate_client(call);
  if (!client) return client;
  call.exchange.client_id = client->client_id;
  if (!is_public(*client)) return client;
  return refuse(Condition::ClientBadSecret, "a public client cannot authenticate, so it may not look up tokens",
                "RFC 7662 §2.1");
}

// §4: whom a token is none of the business of learns nothing about it.
bool may_know(const Call& call, const ClientRegistration& asker, const Login& login,
              const std::vector<std::string>& audience) {
  if (call.profile().text("introspection.tokens") == "any" || asker.client_id == login.client_id) return true;
  return std::any_of(audience.begin(), audience.end(), [&](const auto& a) { return contains(asker.server_of, a); });
}

void set_time(Json& body, std::string_view name, TimePoint time) { body.set(name, Json(unix_seconds(time))); }

// Of either kind: what was granted to whom (§2.2).
Json facts_of(const Call& call, const Login& login, const std::vector<std::string>& scopes, const Binding& binding) {
  Json body = Json::object({{"active", Json(true)},
                            {"scope", Json(join(scopes, " "))},
                            {"client_id", Json(login.client_id)},
                            {"sub", Json(subject_of(login))},
                            {"iss", Json(call.realm.issuer)}});
  if (login.has_user && !login.user.name.empty()) body.set("username", Json(login.user.name));
  // RFC 9449 §6.2, RFC 8705 §3.2
  if (auto cnf = confirmation(binding); !cnf.is_null()) body.set("cnf", std::move(cnf));
  if (!login.act.is_null()) body.set("act", login.act);  // RFC 8693 §4.1
  const auto& details = login.authorization_details;
  if (!details.is_null()) body.set("authorization_details", details);  // RFC 9396 §9.2
  return body;
}

Json describe_access(const Call& call, const BearerAccess& access, const std::vector<std::string>& audience,
                     const std::string& text) {
  const auto& token = access.token;
  const auto& login = access.login;
  Json body = facts_of(call, login, token.scopes, token.binding);
  body.set("token_type", Json(token.binding.jkt.empty() ? "Bearer" : "DPoP"));  // RFC 9449 §6.2
  if (token.expires_at) set_time(body, "exp", *token.expires_at);
  set_time(body, "iat", token.issued_at);
  Json list = Json::array();
  for (const auto& resource : audience) list.push_back(Json(resource));
  body.set("aud", audience.size() == 1 ? Json(audience.front()) : std::move(list));
  if (login.has_user && !login.acr.empty()) {  // RFC 9470 §6.2
    body.set("acr", Json(login.acr));
    set_time(body, "auth_time", login.auth_time);
  }
  std::string_view compact = text;
  const auto prefix = call.profile().text("access.prefix");
  if (compact.starts_with(prefix)) compact.remove_prefix(prefix.size());
  if (const auto jti = claims_of_own_jwt(compact).string_at("jti")) body.set("jti", Json(*jti));
  return body;
}

tl::unexpected<Refusal> inactive(std::string why) {
  return refuse(Condition::TokenInvalid, std::move(why), "RFC 7662 §2.2");
}

Checked<Json> look_up_access(Call& call, const ClientRegistration& asker, const std::string& text) {
  const auto access = find_access_token(call, text);
  if (!access) return tl::unexpected(access.error());
  if (auto lives = check_life(call, access->token); !lives) return tl::unexpected(lives.error());
  auto audience = access->token.audience;
  if (audience.empty()) audience = {call.realm.url_of("resource")};
  if (!may_know(call, asker, access->login, audience)) return inactive("the token is none of the caller's business");
  return describe_access(call, *access, audience, text);
}

Checked<Json> look_up_refresh(Call& call, Tables& tables, const ClientRegistration& asker, const RefreshToken& token) {
  call.consumed("refresh", token.name);
  call.exchange.grant = token.login;
  if (!is_usable(call.profile(), tables, token, call.now)) return inactive("the refresh token is spent");
  const Login& login = *tables.find_login(token.login);
  if (!may_know(call, asker, login, {})) return inactive("the token is none of the caller's business");
  Json body = facts_of(call, login, login.scopes, token.binding);
  if (token.expires_at) set_time(body, "exp", *token.expires_at);
  set_time(body, "iat", token.issued_at);
  return body;
}

// §2.1: the hint may be wrong and then must not matter, so it is not looked at.
Checked<Json> look_up(Call& call, const ClientRegistration& asker, const std::string& text) {
  {
    auto tables = call.realm.store.open();
    if (const RefreshToken* refresh = tables->find_refresh(text)) {
      return look_up_refresh(call, *tables, asker, *refresh);
    }
  }
  return look_up_access(call, asker, text);
}

Outcome introspect(Call& call) {
  for (const char* name : {"token", "client_secret", "client_assertion"}) {
    if (call.query.count(name) > 0) {
      return refuse(Condition::ParamInvalid, std::string(name) + " is in the URL; it belongs into the body",
                    "RFC 7662 §4");
    }
  }
  if (call.body_format != BodyFormat::Form && call.body_format != BodyFormat::None) {
    return refuse(Condition::BodyFormat, "the body is not application/x-www-form-urlencoded", "RFC 7662 §2.1");
  }
  if (auto checked = refuse_repeated(call.form); !checked) return tl::unexpected(checked.error());
  const auto asker = asking_party(call);
  if (!asker) return tl::unexpected(asker.error());
  const auto text = required(call.form, "token", "RFC 7662 §2.1");
  if (!text) return tl::unexpected(text.error());
  const auto found = look_up(call, *asker, *text);
  call.exchange.client_id = asker->client_id;
  if (found) return json_answer(200, *found);
  // §2.2: nothing more about a token that is not active; the journal says why.
  call.exchange.reason = "inactive: " + found.error().detail;
  call.exchange.clause = "RFC 7662 §2.2";
  return json_answer(200, Json::object({{"active", Json(false)}}));
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("introspection.style") == "rfc7662";
}

void describe(const RealmState& realm, Json& document) {
  auto methods = client_auth_methods(realm.profile());
  std::erase(methods, "none");
  describe_client_auth(document, "introspection_endpoint", methods);
}

}  // namespace

void register_introspect(Endpoints& endpoints) {
  endpoints.add({.name = "introspect",
                 .member = "introspection_endpoint",
                 .role = "introspection",
                 .path = "/introspect",
                 .methods = {"POST"},
                 .handle = introspect,
                 .served = is_served,
                 .describe = describe});
}

}  // namespace mockoauth::server
