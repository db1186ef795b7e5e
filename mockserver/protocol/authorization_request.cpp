#include "protocol/authorization_request.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/authorization_details.hpp"
#include "protocol/claims_request.hpp"
#include "protocol/documents.hpp"
#include "protocol/dpop.hpp"
#include "protocol/id_token.hpp"
#include "protocol/issued_client.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/registrations.hpp"
#include "protocol/response_mode.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Parameters;

namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) list.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

// OAuth 2.0 Multiple Response Types §3: the order of the words does not matter.
bool lists_type(const std::vector<std::string>& known, const std::vector<std::string>& asked) {
  return std::any_of(known.begin(), known.end(), [&](const auto& type) { return sorted(words(type)) == sorted(asked); });
}

Checked<std::vector<std::string>> read_response_type(const Profile& profile, const ClientRegistration& client,
                                                     const Parameters& parameters) {
  const auto text = required(parameters, "response_type", "RFC 6749 §3.1.1");
  if (!text) return tl::unexpected(text.error());
  const auto asked = words(*text);
  const auto offered = profile.list("authorize.response_types");
  if (!lists_type(offered, asked)) {
    return refuse(Condition::ResponseTypeUnsupported, "response_type is not offered, only " + join(offered, ", "),
                  "RFC 9700 §2.1.2");
  }
  if (!client.response_types.empty() && !lists_type(client.response_types, asked)) {
    return refuse(Condition::ResponseTypeNotAllowed, "the client is registered for the response types " +
                  join(client.response_types, ", "));
  }
  return asked;
}

Checked<void> check_demanded(const Profile& profile, const Parameters& parameters) {
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

Checked<std::vector<std::string>> read_prompt(const Parameters& parameters) {
  const auto prompt = words(value_of(parameters, "prompt").value_or(""));
  if (contains(prompt, "none") && prompt.size() > 1) {
    return refuse(Condition::ParamInvalid, "prompt has none beside another value", "OIDC Core §3.1.2.1");
  }
  return prompt;
}

Checked<std::optional<std::chrono::seconds>> read_max_age(const Parameters& parameters) {
  const auto text = value_of(parameters, "max_age");
  if (!text) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size()) {
    return refuse(Condition::ParamInvalid, "max_age is not a number of seconds", "OIDC Core §3.1.2.1");
  }
  return std::chrono::seconds(seconds);
}

Checked<std::vector<std::string>> read_resources(const Call& call, const Parameters& parameters) {
  std::vector<std::string> resources;
  if (!call.realm.offers("resource_indicators")) return resources;
  for (const auto& [name, value] : parameters.pairs()) {
    if (name != "resource" || value.empty() || contains(resources, value)) continue;
    if (auto checked = check_target(call.realm, value); !checked) return tl::unexpected(checked.error());
    resources.push_back(value);
  }
  return resources;
}

Checked<void> check_openid(const AuthorizationRequest& request) {
  if (!contains(request.response_types, "id_token")) return {};
  if (!contains(request.scopes, "openid")) {
    return refuse(Condition::ParamInvalid, "an id_token is asked for without the scope openid", "OIDC Core §3.1.2.1");
  }
  if (request.nonce.empty()) {
    return refuse(Condition::ParamMissing, "nonce is missing; an id_token in the front channel needs it",
                  "OIDC Core §3.2.2.1");
  }
  return {};
}

}  // namespace

Checked<ClientRegistration> asking_client(Call& call, const Parameters& parameters) {
  for (const char* name : {"client_id", "redirect_uri", "request", "request_uri"}) {
    if (parameters.count(name) > 1) return refuse(Condition::ParamInvalid, std::string(name) + " is repeated");
  }
  const auto client_id = required(parameters, "client_id", "RFC 6749 §4.1.1");
  if (!client_id) return tl::unexpected(client_id.error());
  if (begins_everywhere(call.profile(), *client_id)) {
    ClientRegistration first;
    if (const auto uri = value_of(parameters, "redirect_uri")) first.redirect_uris = {*uri};
    return issue_client(call, std::move(first));
  }
  auto client = find_client(call, *client_id);
  if (!client && client.error().clause.empty()) client.error().clause = "RFC 6749 §4.1.2.1";
  return client;
}

Checked<void> find_redirect(Call& call, const ClientRegistration& client, const Parameters& parameters) {
  if (parameters.count("redirect_uri") > 1) return refuse(Condition::ParamInvalid, "redirect_uri is repeated");
  auto uri = value_of(parameters, "redirect_uri");
  if (!uri) {
    // RFC 6749 §3.1.2.3: it may be left out only where there is one to fall back on.
    if (!call.profile().flag("redirect.optional") || client.redirect_uris.size() != 1) {
      return refuse(Condition::ParamMissing, "redirect_uri is missing", "RFC 6749 §3.1.2.3");
    }
    uri = client.redirect_uris.front();
  }
  if (auto checked = check_redirect_uri(call.profile(), client.redirect_uris, *uri); !checked) return checked;
  const auto prompt = words(parameters.one("prompt").value_or(""));
  call.redirect = TrustedRedirect{*uri, parameters.one("state"), {}, client.client_id, contains(prompt, "none")};
  call.redirect->was_sent = value_of(parameters, "redirect_uri").has_value();
  if (auto mode = read_response_mode(call.realm, parameters)) call.redirect->mode = *mode;
  return {};
}

Checked<AuthorizationRequest> read_authorization_request(Call& call, const ClientRegistration& client,
                                                         const Parameters& parameters) {
  const auto& profile = call.profile();
  if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
  AuthorizationRequest request{.client = client, .parameters = parameters, .redirect_uri = call.redirect->uri};
  request.redirect_uri_was_sent = value_of(parameters, "redirect_uri").has_value();

  auto response_types = read_response_type(profile, client, parameters);
  if (!response_types) return tl::unexpected(response_types.error());
  request.response_types = std::move(*response_types);
  if (auto mode = read_response_mode(call.realm, parameters); !mode) return tl::unexpected(mode.error());
  if (auto checked = check_demanded(profile, parameters); !checked) return tl::unexpected(checked.error());

  auto scopes = grant_scopes(call.realm.options, client, value_of(parameters, "scope"));
  if (!scopes) return tl::unexpected(scopes.error());
  request.scopes = std::move(*scopes);
  // OIDC Core §11: there is nothing to refresh with where no code comes back.
  if (!contains(request.response_types, "code")) std::erase(request.scopes, "offline_access");

  request.nonce = value_of(parameters, "nonce").value_or("");
  if (auto checked = check_openid(request); !checked) return tl::unexpected(checked.error());
  // Its form; whether one is needed is decided where the user is known.
  if (auto checked = read_challenge(profile, parameters, false); !checked) return tl::unexpected(checked.error());

  auto prompt = read_prompt(parameters);
  if (!prompt) return tl::unexpected(prompt.error());
  request.prompt = std::move(*prompt);
  auto max_age = read_max_age(parameters);
  if (!max_age) return tl::unexpected(max_age.error());
  request.max_age = *max_age;
  request.acr_values = words(value_of(parameters, "acr_values").value_or(""));

  auto claims = read_claims_parameter(value_of(parameters, "claims"));
  if (!claims) return tl::unexpected(claims.error());
  request.claims = std::move(*claims);
  auto resources = read_resources(call, parameters);
  if (!resources) return tl::unexpected(resources.error());
  request.resources = std::move(*resources);
  auto details = read_authorization_details(call.realm, client, value_of(parameters, "authorization_details"));
  if (!details) return tl::unexpected(details.error());
  request.authorization_details = std::move(*details);

  auto dpop_jkt = requested_dpop_jkt(call, parameters);
  if (!dpop_jkt) return tl::unexpected(dpop_jkt.error());
  request.dpop_jkt = std::move(*dpop_jkt);

  if (const auto hint = value_of(parameters, "id_token_hint")) {
    const auto claims_of_hint = read_id_token_hint(call, *hint);
    if (!claims_of_hint) return tl::unexpected(claims_of_hint.error());
    request.hinted_sub = claims_of_hint->string_at("sub").value_or("");
  }
  return request;
}

bool is_silent(const AuthorizationRequest& request) { return contains(request.prompt, "none"); }

}  // namespace mockoauth::server
