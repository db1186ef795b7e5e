// One token for another, on behalf of or as somebody else, RFC 8693.
#include "protocol/exchange_party.hpp"
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr const char* kTokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr const char* kAccessToken = "urn:ietf:params:oauth:token-type:access_token";
constexpr const char* kJwt = "urn:ietf:params:oauth:token-type:jwt";

Checked<std::string> requested_type(const Call& call) {
  const auto wanted = value_of(call.form, "requested_token_type").value_or(kAccessToken);
  if (wanted == kAccessToken || wanted == kJwt) return wanted;
  return refuse(Condition::ParamInvalid, "requested_token_type " + wanted.substr(0, 100) + " is not issued here",
                "RFC 8693 §2.2.2");
}

// §4.4: `may_act` names the one who may become the actor.
bool may_act(const Json& allowed, const ExchangeParty& actor, const ClientRegistration& client) {
  if (allowed.is_null()) return true;
  const auto subject = allowed.string_at("sub");
  const auto client_id = allowed.string_at("client_id");
  const auto who = actor.has_user ? actor.user.sub : actor.client_id;
  if (subject && *subject != who && *subject != client.client_id) return false;
  if (client_id && *client_id != client.client_id) return false;
  return subject || client_id;
}

// §4.1: the newest actor outside, those before it inside.
Json actor_claim(const ExchangeParty& actor, const Json& before) {
  Json act = Json::object({{"sub", Json(actor.has_user ? actor.user.sub : actor.client_id)}});
  if (!actor.client_id.empty()) act.set("client_id", Json(actor.client_id));
  if (!before.is_null()) act.set("act", before);
  return act;
}

Checked<std::vector<std::string>> scopes_for(const Call& call, const ClientRegistration& client,
                                             const ExchangeParty& subject) {
  const auto asked = value_of(call.form, "scope");
  if (!asked && subject.limits_scopes) {
    std::vector<std::string> scopes = subject.scopes;
    std::erase_if(scopes, [](const auto& scope) { return scope == "openid" || scope == "offline_access"; });
    return scopes;
  }
  auto scopes = grant_scopes(call.realm.options, client, asked);
  if (!scopes || !subject.limits_scopes) return scopes;
  for (const auto& scope : *scopes) {
    if (!contains(subject.scopes, scope)) {
      return refuse(Condition::ScopeInvalid, "the scope " + scope.substr(0, 100) + " is not one of the subject_token",
                    "RFC 8693 §5");
    }
  }
  return scopes;
}

Outcome token_exchange(Call& call, const ClientRegistration& client) {
  // Any holder of a stolen token could change it for a better one (RFC 8693 §5), so the client has to be known.
  if (is_public(client) && !call.profile().flag("token.public_exchange")) {
    return refuse(Condition::GrantNotAllowed, "token exchange is for confidential clients only", "RFC 8693 §5");
  }
  auto subject = read_party(call, "subject_token");
  if (!subject) return tl::unexpected(subject.error());
  const auto type = requested_type(call);
  if (!type) return tl::unexpected(type.error());

  Login login;
  login.act = subject->act;
  if (call.form.count("actor_token") > 0) {
    const auto actor = read_party(call, "actor_token");
    if (!actor) return tl::unexpected(actor.error());
    if (!may_act(subject->may_act, *actor, client)) {
      return refuse(Condition::SubjectTokenInvalid, "may_act of the subject_token names another actor",
                    "RFC 8693 §4.4");
    }
    login.act = actor_claim(*actor, subject->act);
  } else if (call.form.count("actor_token_type") > 0) {
    return refuse(Condition::ParamInvalid, "actor_token_type came without an actor_token", "RFC 8693 §2.1");
  }
  auto scopes = scopes_for(call, client, *subject);
  if (!scopes) return tl::unexpected(scopes.error());
  std::vector<std::string> named;
  for (const auto& [name, value] : call.form.pairs()) {
    if (name == "audience" && !value.empty()) named.push_back(value);
  }
  const auto targets = read_targets(call, named);
  if (!targets) return tl::unexpected(targets.error());
  auto audience = narrow_targets(subject->resources, *targets);
  if (!audience) return tl::unexpected(audience.error());

  login.client_id = client.client_id;
  login.user = subject->user;
  login.has_user = subject->has_user;
  login.scopes = *scopes;
  login.resources = *audience;
  login.auth_time = subject->auth_time;
  if (*type == kJwt) login.effects.access_format = "jwt";
  login = call.realm.store.open()->add_login(std::move(login));
  return answer_with_tokens(call, {.client = client, .login = login, .scopes = *scopes, .audience = *audience,
                                   .issued_token_type = *type});
}

bool is_offered_token_exchange(const Profile& profile) {
  return profile.lists("grants", kTokenExchangeGrant) || profile.lists("extensions", "token_exchange");
}

}  // namespace

void register_token_exchange(Grants& grants) {
  grants.add({.grant_type = kTokenExchangeGrant, .handle = token_exchange, .offered = is_offered_token_exchange});
}

}  // namespace mockoauth::server
