#include "protocol/issue.hpp"

#include <algorithm>
#include <optional>

#include "protocol/answers.hpp"
#include "protocol/binding.hpp"
#include "protocol/id_token.hpp"
#include "protocol/sign_jwt.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"
#include "protocol/token_rules.hpp"
#include "protocol/user_values.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

std::chrono::seconds access_ttl(const Profile& profile, const Login& login) {
  return std::chrono::seconds(login.effects.access_ttl_s.value_or(profile.number("access.ttl_s")));
}

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

Json audience_of(const Call& call, const TokenAnswer& answer) {
  if (answer.audience.empty()) return Json(call.realm.url_of("resource"));
  if (answer.audience.size() == 1) return Json(answer.audience.front());
  Json list = Json::array();
  for (const auto& resource : answer.audience) list.push_back(Json(resource));
  return list;
}

// RFC 9068 §2.2.1: how the user signed in; nothing where no user did.
void add_authentication(Json& claims, const Login& login) {
  if (!login.has_user) return;
  claims.set("auth_time", Json(unix_seconds(login.auth_time)));
  if (!login.acr.empty()) claims.set("acr", Json(login.acr));
  Json amr = Json::array();
  for (const auto& method : login.amr) amr.push_back(Json(method));
  if (!login.amr.empty()) claims.set("amr", std::move(amr));
}

// RFC 9068 §2.2; claims of the profile come on top.
Checked<std::string> make_jwt_access_token(Call& call, const TokenAnswer& answer, std::chrono::seconds ttl) {
  auto id = mint(call);
  if (!id) return id;
  Json claims = Json::object({{"iss", Json(call.realm.issuer)},
                              {"sub", Json(subject_of(answer.login))},
                              {"aud", audience_of(call, answer)},
                              {"client_id", Json(answer.client.client_id)},
                              {"iat", Json(unix_seconds(call.now))},
                              {"jti", Json(*id)},
                              {"scope", Json(join(answer.scopes, " "))}});
  if (ttl.count() > 0) claims.set("exp", Json(unix_seconds(call.now + ttl)));
  add_authentication(claims, answer.login);
  if (auto cnf = confirmation(call.binding); !cnf.is_null()) claims.set("cnf", std::move(cnf));
  if (!answer.login.act.is_null()) claims.set("act", answer.login.act);
  const auto& details = answer.login.authorization_details;
  if (!details.is_null()) claims.set("authorization_details", details);  // RFC 9396 §9.1
  add_claims(claims, call.profile().knob("access.claims"), placeholders_for(call, answer.login, answer.scopes));
  override_claims(claims, answer.login);
  const auto& override = answer.login.token_override;
  auto jwt = sign_jwt(call, "access_token", std::move(claims), call.profile().text("access.alg"),
                      override == nullptr || override->typ.empty() ? "at+jwt" : override->typ);
  if (!jwt) return refuse(Condition::ServerError, "the access token could not be signed: " + jwt.error().message);
  return call.profile().text("access.prefix") + *jwt;
}

}  // namespace

Checked<std::string> mint(Call& call, std::string_view prefix) {
  auto text = mimir::codec::random_base64url(*call.realm.random, 32);
  if (!text) return refuse(Condition::ServerError, "there is no randomness");
  return std::string(prefix) + *text;
}

bool gets_refresh_token(const Profile& profile, const ClientRegistration& client, const Login& login) {
  // A token that no grant redeems would mislead (RFC 6749 §5.1).
  if (!profile.lists("grants", "refresh_token") || !may_use_grant(client, "refresh_token")) return false;
  if (!login.has_user) return false;  // RFC 6749 §4.4.3
  const auto rule = profile.text("refresh.issue");
  if (rule == "never") return false;
  if (rule == "scope") return contains(login.scopes, profile.text("refresh.scope"));
  if (rule == "rule") return login.effects.refresh.value_or(true);
  if (rule == "app_setting") return contains(client.grant_types, "refresh_token");
  return true;
}

Checked<void> give_refresh_token(Call& call, TokenAnswer& answer) {
  if (!gets_refresh_token(call.profile(), answer.client, answer.login)) return {};
  auto text = mint(call, call.profile().text("refresh.prefix"));
  if (!text) return tl::unexpected(text.error());
  answer.refresh_token = *text;
  auto tables = call.realm.store.open();
  store_refresh_token(call, *tables, answer.login, std::move(*text), refresh_binding(call, answer.client));
  return {};
}

void store_refresh_token(Call& call, Tables& tables, const Login& login, std::string text, Binding binding,
                         std::optional<TimePoint> keep_expiry) {
  const auto& profile = call.profile();
  if (const auto limit = profile.number("refresh.max_live"); limit > 0) {
    tables.make_room_for_refresh(login, static_cast<std::size_t>(limit), call.now);
  }
  RefreshToken token;
  token.text = std::move(text);
  token.login = login.id;
  token.binding = std::move(binding);
  token.issued_at = call.now;
  token.last_used_at = call.now;
  const auto life = login.effects.refresh_absolute_ttl_s.value_or(profile.number("refresh.absolute_ttl_s"));
  if (life > 0) token.expires_at = call.now + std::chrono::seconds(life);
  if (profile.flag("refresh.expiry_carries")) token.expires_at = earlier(token.expires_at, keep_expiry);
  call.issued("refresh", tables.add_refresh(std::move(token)).name);
}

Placeholders placeholders_for(const Call& call, const Login& login, const std::vector<std::string>& scopes) {
  auto values = call.realm.placeholders(call.now);
  values.set_first_consent(login.first_consent);
  values.add_source([&login, &scopes](std::string_view name) -> std::optional<Json> {
    if (name == "client_id" || name == "issued_client_id") return Json(login.client_id);
    if (name == "scope") return Json(join(scopes, " "));
    constexpr std::string_view kUser = "user.";
    return name.starts_with(kUser) ? user_value(login.user, name.substr(kUser.size())) : std::nullopt;
  });
  return values;
}

Checked<IssuedAccess> issue_access_token(Call& call, const TokenAnswer& answer) {
  const auto& profile = call.profile();
  const auto ttl = access_ttl(profile, answer.login);
  const auto format = answer.login.effects.access_format.value_or(profile.text("access.format"));
  auto text = format == "jwt" ? make_jwt_access_token(call, answer, ttl) : mint(call, profile.text("access.prefix"));
  if (!text) return tl::unexpected(text.error());
  AccessToken token;
  token.login = answer.login.id;
  token.scopes = answer.scopes;
  token.audience = answer.audience;
  token.binding = call.binding;
  token.issued_at = call.now;
  if (ttl.count() > 0) token.expires_at = call.now + ttl;
  const auto digest = TextDigest::of(*text);
  call.issued("access", call.realm.store.open()->add_access(digest, std::move(token)).name);
  return IssuedAccess{std::move(*text), ttl};
}

namespace {

// A rule that this request fits counts for the whole login from now on, so that userinfo and refresh go with it.
void note_token_rule(Call& call, TokenAnswer& answer) {
  auto override = find_token_rule(call.realm, call.exchange.parameters, answer.client.client_id);
  const bool said_before = answer.login.token_override != nullptr;
  if (override == nullptr || (said_before && override->claims.as_object()->empty())) return;
  apply_to_login(answer.login, override);
  auto tables = call.realm.store.open();
  if (Login* stored = tables->find_login(answer.login.id)) apply_to_login(*stored, std::move(override));
}

}  // namespace

Outcome answer_with_tokens(Call& call, const TokenAnswer& decided) {
  TokenAnswer answer = decided;
  if (!call.realm.options.token_rules.empty()) note_token_rule(call, answer);
  const auto access = issue_access_token(call, answer);
  if (!access) return tl::unexpected(access.error());
  std::string id_token;
  if (wants_id_token(call.profile(), answer)) {
    auto made = make_id_token(call, answer, access->text);
    if (!made) return tl::unexpected(made.error());
    id_token = std::move(*made);
  }
  call.exchange.grant = answer.login.id;
  return data_answer(call, 200, token_response(call, answer, access->text, access->ttl, id_token));
}

}  // namespace mockoauth::server
