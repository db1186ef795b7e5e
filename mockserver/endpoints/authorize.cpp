// The authorization endpoint, RFC 6749 §3.1 and §4.1.1, OIDC Core §3. Answers at once as the chosen person.
#include "protocol/answers.hpp"
#include "protocol/authorization_request.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/id_token.hpp"
#include "protocol/issue.hpp"
#include "protocol/known_parameters.hpp"
#include "protocol/metadata.hpp"
#include "protocol/pkce.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/registrations.hpp"
#include "protocol/request_object.hpp"
#include "protocol/response_mode.hpp"
#include "protocol/scope.hpp"
#include "protocol/sign_in.hpp"
#include "protocol/text.hpp"
#include "protocol/token_rules.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

constexpr std::string_view kPushed = "urn:ietf:params:oauth:request_uri:";

/// The request itself, wherever it was.
struct Found {
  Parameters parameters;
  std::string request_uri = {};  ///< Of a pushed request; empty: it was not pushed.
};

Checked<Found> fetch_pushed(Call& call, const ClientRegistration& client, const std::string& request_uri) {
  // No other URI is fetched: what it leads to could be anything (RFC 9101 §10.4).
  if (!call.realm.offers("par") || !request_uri.starts_with(kPushed)) {
    return refuse(Condition::RequestUriNotSupported, "request_uri is taken only where a pushed request was given it");
  }
  auto pushed = call.realm.pushed_requests.find(request_uri);
  if (!pushed) return refuse(Condition::RequestUriInvalid, "no request was pushed with this request_uri");
  if (pushed->client_id != client.client_id) {
    return refuse(Condition::RequestUriInvalid, "the request was pushed by another client", "RFC 9126 §2.2");
  }
  if (pushed->used) return refuse(Condition::RequestUriInvalid, "the request_uri was used before", "RFC 9126 §7.3");
  if (pushed->expires_at <= call.now) {
    return refuse(Condition::RequestUriInvalid, "the request_uri expired at " +
                  mimir::codec::format_iso8601(pushed->expires_at));
  }
  return Found{std::move(pushed->parameters), request_uri};
}

Checked<Found> find_request(Call& call, const ClientRegistration& client) {
  const auto& sent = call.exchange.parameters;
  const auto object = value_of(sent, "request");
  const auto reference = value_of(sent, "request_uri");
  // What is wrong with either is told to a redirection URI that the client has registered, if one is named.
  if (value_of(sent, "redirect_uri")) (void)find_redirect(call, client, sent);
  if (object && reference) {
    return refuse(Condition::ParamInvalid, "request and request_uri came together", "RFC 9101 §5");
  }
  if (reference) return fetch_pushed(call, client, *reference);
  if (call.profile().flag("authorize.require_pushed") || client.require_pushed_authorization_requests) {
    return refuse(Condition::ParamInvalid, "the request has to be pushed first", "RFC 9126 §5");
  }
  if (object) {
    if (!call.realm.offers("jar")) return refuse(Condition::RequestNotSupported);
    auto parameters = read_request_object(call, client, *object);
    if (!parameters) return tl::unexpected(parameters.error());
    return Found{std::move(*parameters)};
  }
  if (client.require_signed_request_object) {
    return refuse(Condition::ParamInvalid, "the client has to send a signed request object", "RFC 9101 §10.5");
  }
  return Found{sent};
}

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

Outcome grant(Call& call, const AuthorizationRequest& request, SignIn& signed_in, const std::string& request_uri) {
  Login login = new_login(call, request, signed_in.session);
  login.effects = effects_of(call, request, login.first_consent);
  if (login.effects.error) return refuse(*login.effects.error);
  call.redirect->manual_code = login.effects.manual_code;
  auto challenge = read_challenge(call.profile(), request.parameters,
                                  requires_pkce(call.profile(), request.client, login.effects) &&
                                      contains(request.response_types, "code"));
  if (!challenge) return tl::unexpected(challenge.error());
  auto scopes = ask_consent(call, request, signed_in);
  if (!scopes) return tl::unexpected(scopes.error());
  if (signed_in.abandoned) return sign_in_page();
  if (!request_uri.empty() && !call.realm.pushed_requests.use(request_uri)) {
    return refuse(Condition::RequestUriInvalid, "the request_uri was used before", "RFC 9126 §7.3");
  }
  login.scopes = login.effects.scope_grant.value_or(*scopes);
  login.got_other_scopes =
      login.scopes != split_scopes(call.profile(), value_of(request.parameters, "scope").value_or(""));
  {
    auto tables = call.realm.store.open();
    login.first_consent = tables->consent(login.user.sub, login.client_id);
    login = tables->add_login(std::move(login));
  }
  call.exchange.grant = login.id;
  auto answer = answer_parameters(call, request, login, *challenge);
  if (!answer) return tl::unexpected(answer.error());
  return deliver(call, *answer);
}

Outcome authorize(Call& call) {
  const auto client = asking_client(call, call.exchange.parameters);
  if (!client) return tl::unexpected(client.error());
  auto found = find_request(call, *client);
  if (!found) return tl::unexpected(found.error());
  call.exchange.ignored = ignored_parameters(call.profile(), found->parameters);
  call.redirect.reset();
  if (auto checked = find_redirect(call, *client, found->parameters); !checked) return tl::unexpected(checked.error());
  auto request = read_authorization_request(call, *client, found->parameters);
  if (!request) return tl::unexpected(request.error());
  auto signed_in = sign_in(call, *request);
  if (!signed_in) return tl::unexpected(signed_in.error());
  if (signed_in->abandoned) return sign_in_page();
  return grant(call, *request, *signed_in, found->request_uri);
}

HttpResponse refuse_authorization(Call& call, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  note(call, refusal, wire);
  const bool on_page = call.profile().lists("authorize.page_errors", to_string(refusal.condition));
  if (!call.redirect || on_page) {
    const int status = wire.status_is_mapped ? wire.status : 400;
    return page_answer(status, "This sign-in link does not work", wire.description,
                       wire.code + " - " + call.exchange.clause);
  }
  if (!call.redirect->is_silent && !somebody_signs_in(call)) return sign_in_page();
  Parameters parameters{{"error", wire.code}, {"error_description", wire.description}};
  if (call.redirect->state) parameters.add("state", *call.redirect->state);
  if (call.realm.offers("iss_param")) parameters.add("iss", call.realm.issuer);
  auto delivered = deliver(call, parameters);
  return delivered ? *delivered : write_error(call, delivered.error());
}

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

void describe(const RealmState& realm, Json& document) {
  const auto& profile = realm.profile();
  auto scopes = realm.options.scopes;
  // Fewer than are accepted: whoever takes the list for a limit fails (RFC 8414 §2 lets a server choose).
  if (profile.lists("discovery.quirks", "partial_scopes")) scopes.resize((scopes.size() + 1) / 2);
  set_list(document, "scopes_supported", scopes);
  set_list(document, "response_types_supported", profile.list("authorize.response_types"));
  set_list(document, "response_modes_supported", offered_response_modes(realm));
  std::vector<std::string> acr_values;
  for (const auto& context : realm.options.authentication_contexts) acr_values.push_back(context.acr);
  set_list(document, "acr_values_supported", acr_values);
  set_list(document, "prompt_values_supported", {"none", "login", "consent", "select_account"});
  document.set("claims_parameter_supported", Json(true));
}

}  // namespace

void register_authorize(Endpoints& endpoints) {
  endpoints.add({.name = "authorize",
                 .member = "authorization_endpoint",
                 .role = "authorization",
                 .path = "/authorize",
                 .methods = {"GET", "POST"},
                 .handle = authorize,
                 .refuse = refuse_authorization,
                 .served = is_served,
                 .describe = describe});
}

}  // namespace mockoauth::server
