// Where a device asks for its codes, RFC 8628 §3.1, §3.2.
#include "protocol/answers.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/device_logins.hpp"
#include "protocol/device_wire.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";

Checked<std::vector<std::string>> scopes_for(const Call& call, const ClientRegistration& client) {
  auto scopes = grant_scopes(call.realm.options, client, value_of(call.form, "scope"));
  if (!scopes) return scopes;
  const auto allowed = call.profile().list("device.allowed_scopes");
  for (const auto& scope : *scopes) {
    if (!allowed.empty() && !contains(allowed, scope)) {
      return refuse(Condition::ScopeInvalid, "the scope " + scope.substr(0, 100) + " is not for devices");
    }
  }
  return scopes;
}

Json interval_of(const Profile& profile, const DeviceLogin& login) {
  const auto seconds = static_cast<std::int64_t>(login.interval.count());
  if (profile.text("device.interval_type") == "string") return Json(std::to_string(seconds));
  return Json(seconds);
}

HttpResponse answer(const Call& call, const DeviceLogin& login) {
  const auto& profile = call.profile();
  const auto page = call.realm.url_of("device_verification");
  const std::int64_t life = profile.number("device.ttl_s");
  Json standard = Json::object({{"device_code", Json(login.device_code)},
                                {"user_code", Json(login.user_code)},
                                {"verification_uri", Json(page)},
                                {"verification_uri_complete", Json(page + "?user_code=" + login.user_code)},
                                {"expires_in", Json(life)}});
  if (profile.text("device.interval_type") != "absent") standard.set("interval", interval_of(profile, login));
  Json body = device_answer(profile, standard);
  auto values = call.realm.placeholders(call.now);
  values.set("user_code", Json(login.user_code));
  values.set("verification_uri", Json(page));
  if (const auto extra = values.expand(profile.knob("device.extra")); extra && extra->is_object()) {
    for (const auto& [name, value] : *extra->as_object()) body.set(name, value);
  }
  return json_answer(200, body);  // Not stored: RFC 8628 §3.2 as for any answer with credentials.
}

Outcome device_authorization(Call& call) {
  const auto& profile = call.profile();
  if (auto checked = read_device_request(call); !checked) return tl::unexpected(checked.error());
  const auto client = authenticate_client(call);  // §3.1: as at the token endpoint.
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  if (!may_use_grant(*client, kGrant)) return refuse(Condition::DeviceDisabled);
  auto scopes = scopes_for(call, *client);
  if (!scopes) return tl::unexpected(scopes.error());
  auto resources = read_targets(call, {});
  if (!resources) return tl::unexpected(resources.error());

  const auto device_code = mint(call);
  if (!device_code) return tl::unexpected(device_code.error());
  const auto user_code = make_user_code(*call.realm.random);
  if (!user_code) return refuse(Condition::ServerError, "there is no randomness");
  DeviceLogin login;
  login.device_code = *device_code;
  login.user_code = *user_code;
  login.client_id = client->client_id;
  login.scopes = std::move(*scopes);
  login.resources = std::move(*resources);
  login.expires_at = call.now + std::chrono::seconds(profile.number("device.ttl_s"));
  login.interval = std::chrono::seconds(profile.number("device.interval_s"));
  call.realm.devices.add(login);
  call.issued("device", login.user_code);
  return answer(call, login);
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("device.style") != "none";
}

}  // namespace

void register_device_authorization(Endpoints& endpoints) {
  endpoints.add({.name = "device_authorization",
                 .member = "device_authorization_endpoint",
                 .role = "device",
                 .path = "/device_authorization",
                 .methods = {"POST"},
                 .handle = device_authorization,
                 .served = is_served});
}

}  // namespace mockoauth::server
