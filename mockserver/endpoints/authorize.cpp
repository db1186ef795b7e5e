// The authorization endpoint, RFC 6749 §3.1 and §4.1.1, OIDC Core §3. Answers at once as the chosen person, or by pages.
#include "pages/flow.hpp"
#include "protocol/authorization_grant.hpp"
#include "protocol/authorization_request.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/known_parameters.hpp"
#include "protocol/metadata.hpp"
#include "protocol/request_object.hpp"
#include "protocol/response_mode.hpp"
#include "protocol/scope.hpp"
#include "protocol/sign_in.hpp"
#include "protocol/text.hpp"

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

// Answers at once, as the person of the realm.
Outcome answer_by_itself(Call& call, const AuthorizationRequest& request, const std::string& request_uri) {
  auto signed_in = sign_in(call, request);
  if (!signed_in) return tl::unexpected(signed_in.error());
  if (signed_in->abandoned) return sign_in_page(call);
  auto prepared = prepare_grant(call, request, signed_in->session);
  if (!prepared) return tl::unexpected(prepared.error());
  const auto scopes = ask_consent(call, request, *signed_in);
  if (!scopes) return tl::unexpected(scopes.error());
  if (signed_in->abandoned) return sign_in_page(call);
  return answer_grant(call, request, std::move(*prepared), *scopes, request_uri);
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
  if (!asks_by_form(call.realm) || is_silent(*request)) return answer_by_itself(call, *request, found->request_uri);
  return ask_person(call, {.request = std::move(*request), .request_uri = found->request_uri, .redirect = *call.redirect});
}

bool somebody_is_signed_in(const Call& call) {
  return call.realm.sessions.find(session_cookie(call.request), call.now).has_value();
}

HttpResponse refuse_authorization(Call& call, const Refusal& refusal) {
  if (stays_on_page(call, refusal) || call.redirect->is_silent) return tell_refusal(call, refusal);
  if (!asks_by_form(call.realm)) return somebody_signs_in(call) ? tell_refusal(call, refusal) : sign_in_page(call);
  if (somebody_is_signed_in(call)) return tell_refusal(call, refusal);
  PendingAuthorization pending{.redirect = *call.redirect, .refusal = refusal};
  pending.request.client.client_id = call.exchange.client_id;
  auto page = ask_person(call, std::move(pending));
  if (!page) return tell_refusal(call, page.error());
  note(call, refusal, word(call.profile(), refusal));
  return *page;
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
