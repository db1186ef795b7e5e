// Where each installation of an application gets an id and a secret of its own that expire: no RFC has it, lax by the knob
// `client.registration` install_api. JSON in and out, named as the knobs `client.names` and `response.keys` say.
#include "protocol/answers.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/issued_client.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/request_shape.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// The body was read as parameters before, a list as the JSON text that it is.
Checked<std::vector<std::string>> redirect_uris_of(const Call& call) {
  std::vector<std::string> uris;
  const auto sent = value_of(call.form, spelt(call.profile(), "redirect_uris"));
  if (!sent) return uris;
  const auto list = Json::parse(*sent);
  if (!list || !list->is_array()) return refuse(Condition::ParamInvalid, "the redirect URIs are not a list");
  for (const auto& item : *list->as_array()) {
    const auto* uri = item.as_string();
    if (uri == nullptr) return refuse(Condition::ParamInvalid, "a redirect URI is not a text");
    if (auto fits = check_redirect_uri(call.profile(), {*uri}, *uri); !fits) return tl::unexpected(fits.error());
    uris.push_back(*uri);
  }
  return uris;
}

Outcome register_installation(Call& call) {
  const auto& profile = call.profile();
  if (call.body_format != BodyFormat::Json) return refuse(Condition::BodyFormat, "the body has to be application/json");
  if (auto checked = check_more_parameters(profile, "registration", call.form); !checked) {
    return tl::unexpected(checked.error());
  }
  auto uris = redirect_uris_of(call);
  if (!uris) return tl::unexpected(uris.error());
  auto secret = mint(call);
  if (!secret) return tl::unexpected(secret.error());
  const auto end = call.now + std::chrono::seconds(profile.number("client.installation_ttl_s"));
  auto client = issue_client(call, {.client_secret = std::move(*secret), .redirect_uris = std::move(*uris),
                                    .expires_at = end});
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  Json body = Json::object();
  const auto say = [&](const std::string& name, Json value) { body.set(spelt(profile, name), std::move(value)); };
  say("client_id", Json(client->client_id));
  say("client_secret", Json(client->client_secret));
  say("client_id_issued_at", Json(unix_seconds(call.now)));
  say("client_secret_expires_at", Json(unix_seconds(end)));
  say("authorization_endpoint", Json(call.realm.url_of("authorize")));
  say("token_endpoint", Json(call.realm.url_of("token")));
  return json_answer(200, body);
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("client.registration") == "install_api";
}

}  // namespace

void register_register_installation(Endpoints& endpoints) {
  endpoints.add({.name = "register_installation",
                 .role = "registration",
                 .path = "/register",
                 .methods = {"POST"},
                 .handle = register_installation,
                 .served = is_served});
}

}  // namespace mockoauth::server
