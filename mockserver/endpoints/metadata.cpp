// Authorization server metadata, RFC 8414, and OpenID Connect Discovery 1.0: what is true of this realm, nothing else.
#include "protocol/answers.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/registries.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// RFC 8414 §3.2: members without elements are left out.
void set_list(Json& document, std::string_view name, const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(Json(value));
  if (!values.empty()) document.set(name, std::move(list));
}

std::vector<std::string> offered_grants(const Profile& profile) {
  std::vector<std::string> grants;
  for (const auto& grant_type : profile.list("grants")) {
    if (registries().grants.find(grant_type) != nullptr) grants.push_back(grant_type);
  }
  return grants;
}

bool is_hidden(const Profile& profile, const Endpoint& endpoint) {
  return (endpoint.name == "userinfo" && profile.lists("discovery.quirks", "no_userinfo")) ||
         (endpoint.name == "revoke" && profile.lists("discovery.quirks", "no_revocation"));
}

Json document_for(const RealmState& realm) {
  const auto& profile = realm.profile();
  Json document = Json::object({{"issuer", Json(realm.issuer)}});
  for (const auto& [endpoint, path] : realm.routes.served()) {
    if (endpoint->member.empty() || is_hidden(profile, *endpoint)) continue;
    document.set(endpoint->member, Json(realm.options.base_url + path));
  }
  set_list(document, "scopes_supported", realm.options.scopes);
  set_list(document, "response_types_supported", {"code"});
  set_list(document, "response_modes_supported", {"query"});
  set_list(document, "grant_types_supported", offered_grants(profile));
  const auto methods = client_auth_methods(profile);
  set_list(document, "token_endpoint_auth_methods_supported", methods);
  if (profile.text("revocation.style") == "rfc7009") {
    set_list(document, "revocation_endpoint_auth_methods_supported", methods);
  }
  if (profile.text("pkce.mode") != "ignored" && !profile.lists("discovery.quirks", "no_pkce_methods")) {
    set_list(document, "code_challenge_methods_supported", profile.list("pkce.methods"));
  }
  // RFC 9207 §3
  if (realm.offers("iss_param")) document.set("authorization_response_iss_parameter_supported", Json(true));
  return document;
}

HttpResponse json_document(const Json& document) {
  return {200, {{"Content-Type", "application/json"}}, document.dump()};
}

Outcome oauth_metadata(Call& call) { return json_document(document_for(call.realm)); }

Outcome openid_configuration(Call& call) {
  Json document = document_for(call.realm);
  set_list(document, "subject_types_supported", {"public"});
  set_list(document, "id_token_signing_alg_values_supported", {call.profile().text("id_token.alg")});
  set_list(document, "claims_supported",
           {"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "email", "email_verified"});
  // OIDC Discovery §3: left out, it would mean true.
  document.set("request_uri_parameter_supported", Json(false));
  return json_document(document);
}

bool serves_oauth(const Profile& profile) { return profile.lists("discovery.documents", "oauth-authorization-server"); }
bool serves_openid(const Profile& profile) { return profile.lists("discovery.documents", "openid-configuration"); }

}  // namespace

void register_metadata(Endpoints& endpoints) {
  endpoints.add({.name = "metadata",
                 .path = "/.well-known/oauth-authorization-server{issuer_path}",  // RFC 8414 §3.1: inserted
                 .methods = {"GET"},
                 .handle = oauth_metadata,
                 .served = serves_oauth});
  endpoints.add({.name = "metadata",
                 .path = "{issuer_path}/.well-known/openid-configuration",  // OIDC Discovery §4: appended
                 .methods = {"GET"},
                 .handle = openid_configuration,
                 .served = serves_openid});
}

}  // namespace mockoauth::server
