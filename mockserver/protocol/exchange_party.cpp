#include "protocol/exchange_party.hpp"

#include "protocol/issue.hpp"
#include "protocol/scope.hpp"
#include "protocol/trusted_issuer.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

constexpr std::string_view kTypes = "urn:ietf:params:oauth:token-type:";

tl::unexpected<Refusal> bad_party(const std::string& detail, const char* clause = "RFC 8693 §2.2.2") {
  return refuse(Condition::SubjectTokenInvalid, detail, clause);
}

ExchangeParty party_of(const Login& login, const std::vector<std::string>& scopes) {
  ExchangeParty party;
  party.user = login.user;
  party.client_id = login.client_id;
  party.has_user = login.has_user;
  party.scopes = scopes;
  party.limits_scopes = true;
  party.act = login.act;
  party.auth_time = login.auth_time;
  party.resources = login.resources;
  return party;
}

Checked<ExchangeParty> from_tables(Call& call, const std::string& text, bool as_access, const std::string& what) {
  auto tables = call.realm.store.open();
  if (as_access) {
    const AccessToken* token = tables->find_access(text);
    if (token == nullptr) return bad_party(what + " is not an access token that was issued here");
    call.consumed("access", token->name);
    const bool is_over = (token->expires_at && *token->expires_at <= call.now) ||
                         (token->revoked_at && *token->revoked_at <= call.now);
    if (is_over || tables->login_is_dead(token->login, call.now)) return bad_party(what + " has expired or was revoked");
    return party_of(*tables->find_login(token->login), token->scopes);
  }
  const RefreshToken* token = tables->find_refresh(text);
  if (token == nullptr) return bad_party(what + " is not a refresh token that was issued here");
  call.consumed("refresh", token->name);
  const bool is_over = (token->expires_at && *token->expires_at <= call.now) || token->rotated_at ||
                       (token->revoked_at && *token->revoked_at <= call.now);
  if (is_over || tables->login_is_dead(token->login, call.now)) return bad_party(what + " has expired or was revoked");
  const Login* login = tables->find_login(token->login);
  return party_of(*login, login->scopes);
}

Checked<ExchangeParty> from_jwt(Call& call, const std::string& text, const std::string& what) {
  const auto assertion = read_assertion(text, Condition::SubjectTokenInvalid, what);
  if (!assertion) return tl::unexpected(assertion.error());
  if (assertion->claims.string_at("iss") == call.realm.issuer) {
    if (!call.realm.keys.verifies(assertion->jws, call.now)) {
      return bad_party(what + " is not signed by a key of this server", "RFC 7523 §3");
    }
    if (auto times = check_times(*assertion, call.now); !times) return tl::unexpected(times.error());
  } else if (auto trusted = check_trusted(call, *assertion); !trusted) {
    return tl::unexpected(trusted.error());
  }
  const auto subject = text_claim(*assertion, "sub");
  if (!subject) return tl::unexpected(subject.error());
  ExchangeParty party;
  party.user.sub = *subject;
  if (auto known = call.realm.registrations.find_user(*subject)) party.user = std::move(*known);
  party.client_id = assertion->claims.string_at("client_id").value_or("");
  party.auth_time = time_claim(*assertion, "auth_time").value_or(std::nullopt).value_or(call.now);
  if (const auto scope = assertion->claims.string_at("scope")) {
    party.scopes = split_scopes(call.profile(), *scope);
    party.limits_scopes = true;
  }
  if (const Json* act = assertion->claims.find("act")) party.act = *act;
  return party;
}

}  // namespace

Checked<ExchangeParty> read_party(Call& call, const std::string& parameter) {
  const auto text = required(call.form, parameter, "RFC 8693 §2.1");
  if (!text) return tl::unexpected(text.error());
  const auto type = required(call.form, parameter + "_type", "RFC 8693 §2.1");
  if (!type) return tl::unexpected(type.error());
  const bool is_named = type->starts_with(kTypes);
  const auto kind = is_named ? type->substr(kTypes.size()) : std::string();
  Checked<ExchangeParty> party;
  if (kind == "access_token" || kind == "refresh_token") {
    party = from_tables(call, *text, kind == "access_token", parameter);
  } else if (kind == "jwt" || kind == "id_token") {
    party = from_jwt(call, *text, parameter);
  } else {
    return bad_party(parameter + "_type " + type->substr(0, 100) + " is not taken here", "RFC 8693 §3");
  }
  if (!party) return party;
  // §4.4: the claim says who may act, wherever the token is a JWT; its own signature was judged above.
  const auto claims = claims_of_own_jwt(*text);
  if (const Json* may_act = claims.find("may_act")) party->may_act = *may_act;
  return party;
}

}  // namespace mockoauth::server
