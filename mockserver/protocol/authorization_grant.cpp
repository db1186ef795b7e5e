#include "protocol/authorization_grant.hpp"

#include "protocol/page.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/id_token.hpp"
#include "protocol/issue.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/registrations.hpp"
#include "protocol/response_mode.hpp"
#include "protocol/scope.hpp"
#include "protocol/text.hpp"
#include "protocol/token_rules.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

RuleEffects effects_of(const Call& call, const AuthorizationRequest& request, bool first_consent) {
  return apply_rules(call.profile().knob("authorize.rules"),
                     {.parameters = request.parameters, .request = call.request, .scopes = request.scopes,
                      .is_public_client = is_public(request.client), .first_consent = first_consent,
                      .redirect = redirect_kind(call.profile(), request.redirect_uri),
                      .grant_type = "authorization_code"});
}

Login new_login(Call& call, const AuthorizationRequest& request, const UserSession& session) {
  Login login;
  login.client_id = request.client.client_id;
  login.user = session.user;
  login.auth_time = session.auth_time;
  login.acr = session.acr;
  login.amr = session.amr;
  login.resources = request.resources;
  login.authorization_details = request.authorization_details;
  login.claims = request.claims;
  login.first_consent = !call.realm.store.open()->has_consented(session.user.sub, login.client_id);
  if (auto override = find_token_rule(call.realm, request.parameters, login.client_id)) {
    if (call.realm.options.takes_any_user) override = with_claims_of(session.user, *override);
    apply_to_login(login, std::move(override));
  }
  return login;
}

Checked<std::string> issue_code(Call& call, const AuthorizationRequest& request, const Login& login,
                                const Challenge& challenge) {
  auto text = mint(call);
  if (!text) return text;
  Code code;
  code.text = *text;
  code.login = login.id;
  code.client_id = login.client_id;
  code.redirect_uri = request.redirect_uri;
  code.redirect_uri_was_sent = request.redirect_uri_was_sent;
  code.challenge = challenge.text;
  code.challenge_method = challenge.method;
  code.nonce = request.nonce;
  code.binding.jkt = request.dpop_jkt;
  code.expires_at = call.now + std::chrono::seconds(call.profile().number("authorize.code_ttl_s"));
  call.issued("code", call.realm.store.open()->add_code(std::move(code)).name);
  return text;
}

// What each word of response_type brings (OAuth 2.0 Multiple Response Types §3, OIDC Core §3.2.2.5, §3.3.2.5).
Checked<Parameters> answer_parameters(Call& call, const AuthorizationRequest& request, const Login& login,
                                      const Challenge& challenge) {
  Parameters answer;
  std::string code;
  std::string access_token;
  const TokenAnswer tokens{.client = request.client, .login = login, .scopes = login.scopes, .nonce = request.nonce,
                           .audience = login.resources};
  if (contains(request.response_types, "code")) {
    auto text = issue_code(call, request, login, challenge);
    if (!text) return tl::unexpected(text.error());
    code = *text;
    answer.add("code", code);
  }
  if (contains(request.response_types, "token")) {
    auto issued = issue_access_token(call, tokens);
    if (!issued) return tl::unexpected(issued.error());
    access_token = issued->text;
    answer.add("access_token", access_token);
    answer.add("token_type", "Bearer");
    if (issued->ttl.count() > 0) answer.add("expires_in", std::to_string(issued->ttl.count()));
    answer.add("scope", join(login.scopes, " "));
  }
  if (contains(request.response_types, "id_token")) {
    auto id_token = make_id_token(call, tokens, access_token, code);
    if (!id_token) return tl::unexpected(id_token.error());
    answer.add("id_token", *id_token);
  }
  if (call.redirect->state) answer.add("state", *call.redirect->state);
  if (call.realm.offers("iss_param")) answer.add("iss", call.realm.issuer);  // RFC 9207 §2
  const auto values = placeholders_for(call, login, login.scopes);
  const auto extra = values.expand(call.profile().knob("authorize.response_extra"));
  if (extra && extra->is_object()) {
    for (const auto& [name, value] : *extra->as_object()) {
      answer.set(name, value.as_string() != nullptr ? *value.as_string() : value.dump());
    }
  }
  return answer;
}

}  // namespace

Checked<PreparedGrant> prepare_grant(Call& call, const AuthorizationRequest& request, const UserSession& session) {
  PreparedGrant prepared{.login = new_login(call, request, session), .challenge = {}};
  auto& login = prepared.login;
  login.effects = effects_of(call, request, login.first_consent);
  if (login.effects.error) return refuse(*login.effects.error);
  call.redirect->manual_code = login.effects.manual_code;
  auto challenge = read_challenge(call.profile(), request.parameters,
                                  requires_pkce(call.profile(), request.client, login.effects) &&
                                      contains(request.response_types, "code"));
  if (!challenge) return tl::unexpected(challenge.error());
  prepared.challenge = std::move(*challenge);
  return prepared;
}

Outcome answer_grant(Call& call, const AuthorizationRequest& request, PreparedGrant prepared,
                     const std::vector<std::string>& scopes, const std::string& request_uri) {
  if (!request_uri.empty() && !call.realm.pushed_requests.use(request_uri)) {
    return refuse(Condition::RequestUriInvalid, "the request_uri was used before", "RFC 9126 §7.3");
  }
  auto& login = prepared.login;
  login.scopes = login.effects.scope_grant.value_or(scopes);
  login.got_other_scopes =
      login.scopes != split_scopes(call.profile(), value_of(request.parameters, "scope").value_or(""));
  {
    auto tables = call.realm.store.open();
    login.first_consent = tables->consent(login.user.sub, login.client_id);
    login = tables->add_login(std::move(login));
  }
  call.exchange.grant = login.id;
  auto answer = answer_parameters(call, request, login, prepared.challenge);
  if (!answer) return tl::unexpected(answer.error());
  return deliver(call, *answer);
}

bool stays_on_page(const Call& call, const Refusal& refusal) {
  return !call.redirect || call.profile().lists("authorize.page_errors", to_string(refusal.condition));
}

HttpResponse tell_refusal(Call& call, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  note(call, refusal, wire);
  if (stays_on_page(call, refusal)) {
    return message_page(call, wire.status_is_mapped ? wire.status : 400, page_words(call, "error.title"), wire.description,
                        wire.code + " - " + call.exchange.clause);
  }
  Parameters parameters{{"error", wire.code}, {"error_description", wire.description}};
  if (call.redirect->state) parameters.add("state", *call.redirect->state);
  if (call.realm.offers("iss_param")) parameters.add("iss", call.realm.issuer);
  auto delivered = deliver(call, parameters);
  return delivered ? *delivered : write_error(call, delivered.error());
}

}  // namespace mockoauth::server
