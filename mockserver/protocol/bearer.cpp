#include "protocol/bearer.hpp"

#include <algorithm>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jws.hpp>

#include "protocol/binding.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/scope.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// RFC 6750 §2.1: b64token.
bool is_b64token(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
  return end != text.begin() && std::all_of(end, text.end(), [](char c) { return c == '='; });
}

struct PresentedToken {
  std::string token;
  bool by_dpop = false;  ///< The scheme was DPoP (RFC 9449 §7.1).
};

// Where an API has its credential besides the Authorization header: `header:NAME` or `query:NAME`.
std::optional<std::string> credential_at(const Call& call, std::string_view way) {
  constexpr std::string_view kHeader = "header:";
  constexpr std::string_view kQuery = "query:";
  if (way.starts_with(kHeader)) return call.request.header(way.substr(kHeader.size()));
  if (way.starts_with(kQuery)) return call.query.one(way.substr(kQuery.size()));
  return std::nullopt;
}

Checked<PresentedToken> presented_token(const Call& call, const AccessPolicy& policy) {
  for (const auto& way : policy.ways) {
    if (const auto credential = credential_at(call, way); credential && !credential->empty()) {
      return PresentedToken{*credential};
    }
  }
  if (!policy.ways.empty() && !contains(policy.ways, "bearer")) {
    return refuse(Condition::TokenMissing, "there is no credential; it is taken as " + join(policy.ways, " or "));
  }
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
  const auto scheme = std::string_view(*header).substr(0, space);
  const bool by_dpop = call.realm.offers("dpop") && equal_ignoring_case(scheme, "DPoP");
  if (!by_dpop && !equal_ignoring_case(scheme, "Bearer")) {
    return refuse(Condition::TokenMissing, "the Authorization scheme is not Bearer");
  }
  const auto token = space == std::string::npos ? std::string_view() : trim(std::string_view(*header).substr(space));
  if (!is_b64token(token)) {
    return refuse(Condition::ParamInvalid, "the Bearer credentials are malformed", "RFC 6750 §2.1");
  }
  return PresentedToken{std::string(token), by_dpop};
}

// A signature is verified with the tables closed, so what is needed is copied out of them.
std::optional<BearerAccess> find_issued(Call& call, const std::string& text) {
  auto tables = call.realm.store.open();
  const AccessToken* token = tables->find_access(text);
  if (token == nullptr) return std::nullopt;
  call.consumed("access", token->name);
  call.exchange.grant = token->login;
  BearerAccess access{*token, {}};
  if (const Login* login = tables->find_login(token->login)) {
    access.login = *login;
    call.exchange.client_id = login->client_id;
  }
  if (tables->login_is_dead(token->login, call.now)) access.token.revoked_at = call.now;
  return access;
}

tl::unexpected<Refusal> unknown(const Call& call, const std::string& text) {
  constexpr std::size_t kShown = 4;
  const bool is_refresh = call.realm.store.open()->find_refresh(text) != nullptr;
  Refusal refusal{Condition::TokenInvalid, is_refresh ? "this is a refresh token, not an access token"
                                                      : "the access token is not one that was issued here"};
  if (!is_refresh) refusal.hint = description_text(text.substr(text.size() - std::min(text.size(), kShown)));
  return tl::unexpected(std::move(refusal));
}

// A key that was given out by hand: no login, no expiry, everything that the realm has scopes for.
std::optional<BearerAccess> find_api_key(const Call& call, const std::string& text, std::string_view usual_prefix) {
  const auto& options = call.realm.options;
  const auto& own = call.profile().text("api.credential_prefix");
  const std::string prefix(own.empty() ? usual_prefix : std::string_view(own));
  const bool is_key = !options.api_keys.empty() ? contains(options.api_keys, text)
                                                : !prefix.empty() && text == prefix + "mockoauth-key";
  if (!is_key) return std::nullopt;
  BearerAccess access;
  access.token.scopes = options.scopes;
  access.login.user = call.realm.registrations.person().user;
  access.login.client_id = "api-key";
  access.login.has_user = false;
  access.by_key = true;
  return access;
}

tl::unexpected<Refusal> invalid_jwt(std::string detail) {
  return refuse(Condition::TokenInvalid, "the access token " + std::move(detail), "RFC 9068 §4");
}

std::vector<std::string> texts_at(const Json& claims, std::string_view name) {
  const Json* value = claims.find(name);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (value->as_string() != nullptr) return {*value->as_string()};
  if (value->as_array() == nullptr) return texts;
  for (const auto& item : *value->as_array()) {
    if (item.as_string() != nullptr) texts.push_back(*item.as_string());
  }
  return texts;
}

BearerAccess access_of(const Call& call, const Json& claims) {
  BearerAccess access;
  access.token.audience = texts_at(claims, "aud");
  access.token.scopes = split_scopes(call.profile(), claims.string_at("scope").value_or(""));
  access.token.expires_at = TimePoint(std::chrono::seconds(claims.int_at("exp").value_or(0)));
  access.token.issued_at = TimePoint(std::chrono::seconds(claims.int_at("iat").value_or(0)));
  if (const Json* confirmation = claims.find("cnf")) {
    access.token.binding = {confirmation->string_at("jkt").value_or(""), confirmation->string_at("x5t#S256").value_or("")};
  }
  access.login.client_id = claims.string_at("client_id").value_or("");
  access.login.user.sub = claims.string_at("sub").value_or("");
  access.login.has_user = access.login.user.sub != access.login.client_id;
  access.login.acr = claims.string_at("acr").value_or("");
  access.login.auth_time = TimePoint(std::chrono::seconds(claims.int_at("auth_time").value_or(0)));
  return access;
}

// RFC 9068 §4. Its audience and its age are judged like those of any other token.
Checked<BearerAccess> read_jwt(const Call& call, const std::string& text) {
  std::string_view compact = text;
  const auto prefix = call.profile().text("access.prefix");
  if (compact.starts_with(prefix)) compact.remove_prefix(prefix.size());
  const auto jws = mimir::codec::Jws::parse(compact);
  if (!jws) return unknown(call, text);
  const auto typ = jws->header.string_at("typ").value_or("");
  if (!equal_ignoring_case(typ, "at+jwt") && !equal_ignoring_case(typ, "application/at+jwt")) {
    return invalid_jwt("has the typ " + typ.substr(0, 40) + ", expected at+jwt");
  }
  if (!call.realm.keys.verifies(*jws, call.now)) return invalid_jwt("has a signature that no published key verifies");
  const auto claims = Json::parse(jws->payload);
  if (!claims || !claims->is_object()) return invalid_jwt("holds no claims");
  if (claims->string_at("iss") != call.realm.issuer) return invalid_jwt("was issued by somebody else");
  for (const char* name : {"exp", "aud", "sub", "client_id", "iat", "jti"}) {
    if (claims->find(name) == nullptr) return invalid_jwt("lacks the claim " + std::string(name));
  }
  if (!claims->int_at("exp")) return invalid_jwt("has an exp that is no number");
  return access_of(call, *claims);
}

Checked<void> check_audience(const Call& call, const AccessToken& token, const std::string& audience) {
  const auto own = call.realm.url_of("resource");
  const auto& here = audience.empty() ? own : audience;
  const bool fits = token.audience.empty() ? here == own : contains(token.audience, here);
  if (!fits) return refuse(Condition::TokenInvalid, "the access token is for another resource", "RFC 9700 §2.3");
  return {};
}

Checked<void> check_scopes(const AccessToken& token, const std::vector<std::string>& needed) {
  for (const auto& scope : needed) {
    if (contains(token.scopes, scope)) continue;
    Refusal refusal{.condition = Condition::ScopeInsufficient, .detail = "the access token lacks the scope " + scope};
    refusal.scope = join(needed, " ");
    return tl::unexpected(std::move(refusal));
  }
  return {};
}

Checked<void> check_authentication(const Call& call, const Login& login, const AccessPolicy& policy) {
  const bool strong = policy.acr_values.empty() || contains(policy.acr_values, login.acr);
  const bool fresh = !policy.max_age || (login.has_user && login.auth_time + *policy.max_age >= call.now);
  if (strong && fresh) return {};
  Refusal refusal{.condition = Condition::AuthenticationInsufficient,
                  .detail = strong ? "the user signed in too long ago" : "the user did not sign in strongly enough"};
  if (!policy.acr_values.empty()) refusal.challenge.emplace_back("acr_values", join(policy.acr_values, " "));
  if (policy.max_age) refusal.challenge.emplace_back("max_age", std::to_string(policy.max_age->count()));
  return tl::unexpected(std::move(refusal));
}

}  // namespace

Checked<BearerAccess> find_access_token(Call& call, const std::string& text) {
  if (auto issued = find_issued(call, text)) return std::move(*issued);
  auto read = read_jwt(call, text);
  if (read) call.exchange.client_id = read->login.client_id;
  return read;
}

Checked<void> check_life(const Call& call, const AccessToken& token) {
  if (token.revoked_at && *token.revoked_at <= call.now) {
    return refuse(Condition::TokenInvalid, "the access token was revoked");
  }
  if (token.expires_at && *token.expires_at <= call.now) {
    return refuse(Condition::TokenExpired, "the access token expired at " +
                  mimir::codec::format_iso8601(*token.expires_at));
  }
  return {};
}

Checked<BearerAccess> check_bearer(Call& call, const AccessPolicy& policy) {
  const auto presented = presented_token(call, policy);
  if (!presented) return tl::unexpected(presented.error());
  if (!policy.ways.empty()) {
    if (auto access = find_api_key(call, presented->token, policy.key_prefix)) return std::move(*access);
  }
  auto access = find_access_token(call, presented->token);
  if (!access) return access;
  if (auto checked = check_presentation(call, presented->by_dpop, presented->token, access->token.binding); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto checked = check_life(call, access->token); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_audience(call, access->token, policy.audience); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto checked = check_scopes(access->token, policy.scopes); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_authentication(call, access->login, policy); !checked) {
    return tl::unexpected(checked.error());
  }
  return access;
}

}  // namespace mockoauth::server
