// The authorization endpoint, RFC 6749 §3.1 and §4.1.1. Answers at once as the chosen person.
#include "protocol/answers.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/issue.hpp"
#include "protocol/metadata.hpp"
#include "protocol/pkce.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/scope.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

struct Request {
  ClientRegistration client;
  Parameters parameters;
  bool redirect_uri_was_sent = true;
};

// Who asks, and where the answer may go. Until both are known an error is shown to the person (RFC 6749 §4.1.2.1).
Checked<Request> find_out_who_asks(Call& call) {
  Request asked;
  asked.parameters = call.exchange.parameters;
  for (const char* name : {"client_id", "redirect_uri"}) {
    if (asked.parameters.count(name) > 1) return refuse(Condition::ParamInvalid, std::string(name) + " is repeated");
  }
  const auto client_id = required(asked.parameters, "client_id", "RFC 6749 §4.1.1");
  if (!client_id) return tl::unexpected(client_id.error());
  auto client = call.realm.registrations.find_client(*client_id);
  if (!client) return refuse(Condition::ClientUnknown, "the client_id is not registered", "RFC 6749 §4.1.2.1");
  asked.client = std::move(*client);

  auto uri = value_of(asked.parameters, "redirect_uri");
  if (!uri) {
    // RFC 6749 §3.1.2.3: it may be left out only where there is one to fall back on.
    if (!call.profile().flag("redirect.optional") || asked.client.redirect_uris.size() != 1) {
      return refuse(Condition::ParamMissing, "redirect_uri is missing", "RFC 6749 §3.1.2.3");
    }
    asked.redirect_uri_was_sent = false;
    uri = asked.client.redirect_uris.front();
  }
  if (auto checked = check_redirect_uri(call.profile(), asked.client.redirect_uris, *uri); !checked) {
    return tl::unexpected(checked.error());
  }
  call.redirect = TrustedRedirect{*uri, asked.parameters.one("state")};
  return asked;
}

Checked<void> check_required(const Profile& profile, const Parameters& parameters) {
  const auto type = required(parameters, "response_type", "RFC 6749 §3.1.1");
  if (!type) return tl::unexpected(type.error());
  if (*type != "code") {
    return refuse(Condition::ResponseTypeUnsupported, "response_type is not offered, only code", "RFC 9700 §2.1.2");
  }
  if (const auto mode = value_of(parameters, "response_mode"); mode && *mode != "query") {
    return refuse(Condition::ParamInvalid, "response_mode is not offered, only query",
                  "OAuth 2.0 Multiple Response Types §2.1");
  }
  if (profile.text("authorize.state") == "required" && !value_of(parameters, "state")) {
    return refuse(Condition::StateMissing, "state is missing; it is required here");
  }
  for (const auto& wanted : profile.list("authorize.required")) {
    const auto equals = wanted.find('=');
    const auto value = value_of(parameters, wanted.substr(0, equals));
    if (!value || (equals != std::string::npos && *value != wanted.substr(equals + 1))) {
      return refuse(Condition::ParamMissing, "the parameter " + wanted + " is required here");
    }
  }
  return {};
}

bool requires_pkce(const Profile& profile, const ClientRegistration& client, const RuleEffects& effects) {
  const auto mode = profile.text("pkce.mode");
  const bool by_mode = mode == "required" || (mode == "required_public" && is_public(client));
  return effects.require_pkce.value_or(by_mode);
}

Parameters answer_parameters(const Call& call, const Login& login, const std::string& code) {
  Parameters parameters{{"code", code}};
  if (call.redirect->state) parameters.add("state", *call.redirect->state);
  if (call.realm.offers("iss_param")) parameters.add("iss", call.realm.issuer);  // RFC 9207 §2
  const auto values = placeholders_for(call, login, login.scopes);
  const auto extra = values.expand(call.profile().knob("authorize.response_extra"));
  if (extra && extra->is_object()) {
    for (const auto& [name, value] : *extra->as_object()) {
      parameters.set(name, value.as_string() != nullptr ? *value.as_string() : value.dump());
    }
  }
  return parameters;
}

Outcome authorize(Call& call) {
  const auto& profile = call.profile();
  auto asked = find_out_who_asks(call);
  if (!asked) return tl::unexpected(asked.error());
  if (auto checked = refuse_repeated(asked->parameters); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_required(profile, asked->parameters); !checked) return tl::unexpected(checked.error());
  auto scopes = grant_scopes(call.realm.options, asked->client, value_of(asked->parameters, "scope"));
  if (!scopes) return tl::unexpected(scopes.error());

  const Person person = call.realm.registrations.person();
  Login login;
  login.client_id = asked->client.client_id;
  login.user = person.user;
  login.auth_time = call.now;
  login.first_consent = !call.realm.store.open()->has_consented(person.user.sub, login.client_id);
  login.effects = apply_rules(profile.knob("authorize.rules"),
                              {.parameters = asked->parameters, .request = call.request, .scopes = *scopes,
                               .is_public_client = is_public(asked->client), .first_consent = login.first_consent,
                               .redirect = redirect_kind(profile, call.redirect->uri),
                               .grant_type = "authorization_code"});
  if (login.effects.error) return refuse(*login.effects.error);
  login.scopes = login.effects.scope_grant.value_or(*scopes);
  auto challenge = read_challenge(profile, asked->parameters, requires_pkce(profile, asked->client, login.effects));
  if (!challenge) return tl::unexpected(challenge.error());
  if (person.decision == UserDecision::Deny) return refuse(Condition::UserDenied);

  auto text = mint(call);
  if (!text) return tl::unexpected(text.error());
  Code code;
  code.text = *text;
  code.client_id = login.client_id;
  code.redirect_uri = call.redirect->uri;
  code.redirect_uri_was_sent = asked->redirect_uri_was_sent;
  code.challenge = challenge->text;
  code.challenge_method = challenge->method;
  code.nonce = value_of(asked->parameters, "nonce").value_or("");
  code.expires_at = call.now + std::chrono::seconds(profile.number("authorize.code_ttl_s"));
  {
    auto tables = call.realm.store.open();
    login.first_consent = tables->consent(login.user.sub, login.client_id);
    login = tables->add_login(std::move(login));
    code.login = login.id;
    call.issued("code", tables->add_code(std::move(code)).name);
  }
  call.exchange.grant = login.id;
  return redirect_answer(call.redirect->uri, answer_parameters(call, login, *text));
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
  Parameters parameters{{"error", wire.code}, {"error_description", wire.description}};
  if (call.redirect->state) parameters.add("state", *call.redirect->state);
  if (call.realm.offers("iss_param")) parameters.add("iss", call.realm.issuer);
  return redirect_answer(call.redirect->uri, parameters);
}

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

void describe(const RealmState& realm, Json& document) {
  set_list(document, "scopes_supported", realm.options.scopes);
  set_list(document, "response_types_supported", {"code"});
  set_list(document, "response_modes_supported", {"query"});
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
