// Claims about the signed-in user, OIDC Core §5.3.
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/claims_request.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/metadata.hpp"
#include "protocol/request_shape.hpp"
#include "protocol/resource_challenge.hpp"
#include "protocol/sign_jwt.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// OIDC Core §5.3.2: as a JWT where the client registered an algorithm for it.
Outcome signed_answer(Call& call, Json claims, const ClientRegistration& client, const std::string& algorithm) {
  claims.set("iss", Json(call.realm.issuer));
  claims.set("aud", Json(client.client_id));
  auto jwt = sign_jwt(call, "userinfo", std::move(claims), algorithm, "JWT", client.client_secret);
  if (!jwt) return refuse(Condition::ServerError, "the answer could not be signed: " + jwt.error().message);
  auto response = json_answer(200, Json());
  response.set_header("Content-Type", "application/jwt");
  response.body = std::move(*jwt);
  return response;
}

Outcome userinfo(Call& call) {
  const auto& profile = call.profile();
  const bool is_openid = profile.text("userinfo.style") == "oidc";
  if (auto checked = check_all_headers(call, profile.knob("userinfo.headers")); !checked) {
    return tl::unexpected(checked.error());
  }
  AccessPolicy policy;
  if (is_openid) policy.scopes = {"openid"};
  const auto access = check_bearer(call, policy);
  if (!access) return tl::unexpected(access.error());
  if (!is_openid) {
    const auto values = placeholders_for(call, access->login, access->token.scopes);
    return json_answer(200, values.expand(profile.knob("userinfo.shape")).value_or(Json::object()));
  }
  Json claims = Json::object({{"sub", Json(access->login.user.sub)}});
  const auto released = released_claims(access->login, access->token.scopes, "userinfo", true);
  for (const auto& [name, value] : *released.as_object()) claims.set(name, value);
  if (const auto client = call.realm.registrations.find_client(access->login.client_id)) {
    const auto algorithm = client->metadata.string_at("userinfo_signed_response_alg");
    if (algorithm) return signed_answer(call, std::move(claims), *client, *algorithm);
  }
  return json_answer(200, claims);
}

// OIDC Core §5.3.1: both methods have to work, whatever one the knob recommends.
std::vector<std::string> methods(const Profile& profile) {
  if (profile.text("userinfo.style") == "oidc") return {"GET", "POST"};
  return {profile.text("userinfo.method")};
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("userinfo.style") != "none";
}

void describe(const RealmState& realm, Json& document) {
  if (realm.profile().text("userinfo.style") == "oidc") {
    set_list(document, "userinfo_signing_alg_values_supported", {realm.profile().text("id_token.alg")});
  }
}

}  // namespace

void register_userinfo(Endpoints& endpoints) {
  endpoints.add({.name = "userinfo",
                 .member = "userinfo_endpoint",
                 .role = "userinfo",
                 .path = "/userinfo",
                 .handle = userinfo,
                 .refuse = write_resource_challenge,
                 .served = is_served,
                 .methods_by_profile = methods,
                 .describe = describe});
}

}  // namespace mockoauth::server
