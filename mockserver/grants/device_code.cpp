// Polling for the tokens of a device, RFC 8628 §3.4, §3.5.
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/answers.hpp"
#include "protocol/device_logins.hpp"
#include "protocol/device_wire.hpp"
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/request_shape.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::chrono::seconds kMore{5};  // RFC 8628 §3.5: what slow_down adds to the interval.

Checked<void> check_pace(DeviceLogin& login, TimePoint now) {
  const bool too_fast = login.polled_at && now < *login.polled_at + login.interval;
  login.polled_at = now;
  if (!too_fast) return {};
  login.interval += kMore;
  Refusal refusal{Condition::DeviceSlowDown, "polled too fast; wait " + std::to_string(login.interval.count()) +
                  " seconds between polls", "RFC 8628 §3.5"};
  refusal.wait = login.interval;
  return tl::unexpected(std::move(refusal));
}

Checked<DeviceLogin> redeem(Call& call, DeviceLogin* login, const ClientRegistration& client) {
  if (login == nullptr) {
    return refuse(Condition::DeviceUnknown, "the device code is not one that was issued here");
  }
  if (login->client_id != client.client_id) {
    return refuse(Condition::DeviceUnknown, "the device code was issued to another client", "RFC 8628 §3.4");
  }
  call.consumed("device", login->user_code);
  if (login->state == DeviceLoginState::Redeemed) {
    return refuse(Condition::DeviceUnknown, "the device code was used before", "RFC 8628 §3.5");
  }
  if (login->expires_at <= call.now) {
    if (login->expiry_was_told && call.profile().text("device.after_expiry") == "once_then_unknown") {
      return refuse(Condition::DeviceUnknown, "the device code expired, which was said before");
    }
    login->expiry_was_told = true;
    return refuse(Condition::DeviceExpired, "the device code expired at " +
                  mimir::codec::format_iso8601(login->expires_at));
  }
  if (auto paced = check_pace(*login, call.now); !paced) return tl::unexpected(paced.error());
  if (login->state == DeviceLoginState::Denied) return refuse(Condition::DeviceDenied);
  if (login->state == DeviceLoginState::Pending) return refuse(Condition::DevicePending);
  login->state = DeviceLoginState::Redeemed;
  return *login;
}

Login start_login(Call& call, const DeviceLogin& device) {
  Login login;
  login.client_id = device.client_id;
  login.user = device.user;
  login.scopes = device.scopes;
  login.resources = device.resources;
  login.auth_time = device.decided_at;
  auto tables = call.realm.store.open();
  login.first_consent = tables->consent(login.user.sub, login.client_id);
  return tables->add_login(std::move(login));
}

// A provider that answers with a code and the verifier for it (knob `device.poll_result`).
Outcome answer_with_code(Call& call, const Login& login) {
  const auto text = mint(call);
  const auto verifier = mint(call);
  if (!text || !verifier) return refuse(Condition::ServerError, "there is no randomness");
  Code code;
  code.text = *text;
  code.client_id = login.client_id;
  code.login = login.id;
  code.redirect_uri_was_sent = false;
  code.challenge = mimir::codec::base64url_encode(mimir::codec::sha256(*verifier));
  code.challenge_method = "S256";
  code.expires_at = call.now + std::chrono::seconds(call.profile().number("authorize.code_ttl_s"));
  const Json body = Json::object({{"authorization_code", Json(code.text)},
                                  {"code_challenge", Json(code.challenge)},
                                  {"code_verifier", Json(*verifier)}});
  call.exchange.grant = login.id;
  call.issued("code", call.realm.store.open()->add_code(std::move(code)).name);
  return json_answer(200, device_answer(call.profile(), body));
}

Outcome device_code(Call& call, const ClientRegistration& client) {
  const auto& profile = call.profile();
  rename_parameters(call.form, profile.knob("device.names"), profile.knob("client.names"));
  const auto text = required(call.form, "device_code", "RFC 8628 §3.4");
  if (!text) return tl::unexpected(text.error());
  if (profile.text("device.secret") == "needed" && is_public(client) && !value_of(call.form, "client_secret")) {
    return refuse(Condition::ClientBadSecret, "polling needs the client secret here");
  }
  auto device = call.realm.devices.with(*text, [&](DeviceLogin* login) { return redeem(call, login, client); });
  if (!device) return tl::unexpected(device.error());
  const Login login = start_login(call, *device);
  if (profile.text("device.poll_result") == "authorization_code") return answer_with_code(call, login);

  TokenAnswer answer{.client = client, .login = login, .scopes = login.scopes};
  if (auto given = give_refresh_token(call, answer); !given) return tl::unexpected(given.error());
  return answer_with_tokens(call, answer);
}

bool is_offered_device_code(const Profile& profile) { return profile.text("device.style") != "none"; }

}  // namespace

void register_device_code(Grants& grants) {
  grants.add({.grant_type = "urn:ietf:params:oauth:grant-type:device_code",
              .handle = device_code,
              .offered = is_offered_device_code});
}

}  // namespace mockoauth::server
