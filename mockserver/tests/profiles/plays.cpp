#include "tests/profiles/plays.hpp"

#include "protocol/condition.hpp"

namespace mockoauth::server::testing {
namespace {

// When it may be used: some say how long a client has to wait.
std::string usable_refresh_token(ProfileClient& client) {
  auto token = client.token_in(client.log_in(), "refresh_token");
  client.advance(client.spoken().number("refresh.earliest_s"));
  return token;
}

HttpResponse refresh_expired(ProfileClient& client) {
  const auto token = usable_refresh_token(client);
  const auto idle = client.spoken().number("refresh.idle_ttl_s");
  const auto absolute = client.spoken().number("refresh.absolute_ttl_s");
  if (idle == 0 && absolute == 0) return *refuse_by_fault(client, "refresh_expired");
  client.advance(idle > 0 && absolute > 0 ? std::min(idle, absolute) : idle + absolute);
  return client.refresh(token);
}

HttpResponse refresh_reused(ProfileClient& client) {
  const auto token = usable_refresh_token(client);
  client.refresh(token);
  client.advance(client.spoken().number("refresh.grace_s") + client.spoken().number("refresh.earliest_s"));
  return client.refresh(token);
}

HttpResponse refresh_revoked(ProfileClient& client) {
  const auto token = usable_refresh_token(client);
  client.realm().revoke_all();
  return client.refresh(token);
}

HttpResponse code_expired(ProfileClient& client) {
  const auto code = client.code();
  client.advance(client.spoken().number("authorize.code_ttl_s"));
  return client.redeem(code);
}

HttpResponse code_reused(ProfileClient& client) {
  const auto code = client.code();
  client.redeem(code);
  return client.redeem(code);
}

HttpResponse client_unknown(ProfileClient& client) {
  const auto code = client.code();
  client.client_id = "nobody";
  client.client_secret = "nothing";
  return client.redeem(code);
}

HttpResponse client_bad_secret(ProfileClient& client) {
  const auto code = client.code();
  if (client.authenticates_by == "none") client.authenticates_by = "client_secret_post";
  client.client_secret = "wrong";
  return client.redeem(code);
}

HttpResponse body_format(ProfileClient& client) {
  const auto code = client.code();
  client.body_format = "text";
  return client.redeem(code);
}

HttpResponse header_missing(ProfileClient& client) {
  const auto code = client.code();
  client.sends_demanded_headers = false;
  return client.redeem(code);
}

HttpResponse device_slow_down(ProfileClient& client) {
  const auto code = device_code_of(client);
  client.poll(code);
  return client.poll(code);
}

HttpResponse device_decided(ProfileClient& client, UserDecision decision) {
  const auto code = device_code_of(client);
  client.realm().decide_device(client.user_code(), decision);
  return client.poll(code);
}

HttpResponse device_expired(ProfileClient& client) {
  const auto code = device_code_of(client);
  client.advance(client.spoken().number("device.ttl_s"));
  return client.poll(code);
}

HttpResponse token_expired(ProfileClient& client) {
  if (client.spoken().number("access.ttl_s") == 0) return *refuse_by_fault(client, "token_expired");
  const auto token = access_token_of(client);
  client.advance(client.spoken().number("access.ttl_s"));
  return client.call_api(token);
}

HttpResponse token_invalid(ProfileClient& client) {
  return client.call_api(client.spoken().text("api.credential_prefix") + "this-is-no-key-that-anybody-gave-out-heck");
}

HttpResponse scope_invalid(ProfileClient& client) {
  if (client.serves("device_authorization")) return client.ask_device({{"scope", "no-such-scope"}});
  return client.authorize({{"scope", "no-such-scope"}});
}

HttpResponse user_denied(ProfileClient& client) {
  client.realm().decide(UserDecision::Deny);
  auto response = client.authorize();
  client.realm().decide(UserDecision::Approve);
  return response;
}

HttpResponse not_entitled(ProfileClient& client) {
  client.realm().entitle_user("ada", false);
  auto response = client.authorize();
  client.realm().entitle_user("ada", true);
  return response;
}

// With what a rule of the profile wants to see before a refresh token comes.
HttpResponse login_offline(ProfileClient& client) {
  Changes changes;
  for (const auto& rule : *client.spoken().knob("authorize.rules").as_array()) {
    const Json* wanted = rule.at_pointer("/when/param");
    if (wanted == nullptr || rule.at_pointer("/then/refresh") == nullptr || *rule.at_pointer("/then/refresh") != Json(true)) continue;
    for (const auto& [name, value] : *wanted->as_object()) changes.emplace_back(name, *value.as_string());
    break;
  }
  return client.redeem(client.code(changes));
}

HttpResponse agent_refused(ProfileClient& client) {
  client.user_agent = "python-requests/2.31";
  return client.refresh("x");
}

std::map<std::string_view, Play> make_plays() {
  return {
      {"login", [](ProfileClient& c) { return c.log_in(); }},
      {"login_offline", login_offline},
      {"agent_refused", agent_refused},
      {"device_login", [](ProfileClient& c) { return device_decided(c, UserDecision::Approve); }},
      {"refresh", [](ProfileClient& c) { return c.refresh(usable_refresh_token(c)); }},
      {"exchange", [](ProfileClient& c) { return c.exchange(access_token_of(c)); }},
      {"device", [](ProfileClient& c) { return c.ask_device(); }},
      {"revocation", [](ProfileClient& c) { return c.revoke(access_token_of(c)); }},
      {"revocation_again",
       [](ProfileClient& c) {
         const auto token = access_token_of(c);
         c.revoke(token);
         return c.revoke(token);
       }},
      {"userinfo", [](ProfileClient& c) { return c.userinfo(access_token_of(c)); }},
      {"api", [](ProfileClient& c) { return c.call_api(access_token_of(c)); }},
      {"api_by_key",
       [](ProfileClient& c) { return c.call_api(c.spoken().text("api.credential_prefix") + "mockoauth-key"); }},
      {"openid_configuration", [](ProfileClient& c) { return c.metadata("openid-configuration"); }},
      {"authorization", [](ProfileClient& c) { return c.authorize(); }},
      {"jwks", [](ProfileClient& c) { return c.get("jwks"); }},

      {"redirect_mismatch", [](ProfileClient& c) { return c.authorize({{"redirect_uri", "https://elsewhere.example/cb"}}); }},
      {"response_type_unsupported", [](ProfileClient& c) { return c.authorize({{"response_type", "magic"}}); }},
      {"state_missing", [](ProfileClient& c) { return c.authorize({{"state", ""}}); }},
      {"pkce_missing", [](ProfileClient& c) { return c.authorize({{"code_challenge", ""}, {"code_challenge_method", ""}}); }},
      {"pkce_method", [](ProfileClient& c) { return c.authorize({{"code_challenge_method", "S512"}}); }},
      {"param_missing", [](ProfileClient& c) { return c.authorize({{"response_type", ""}}); }},
      {"scope_invalid", scope_invalid},
      {"user_denied", user_denied},
      {"not_entitled_at_login", not_entitled},

      {"client_unknown", client_unknown},
      {"client_bad_secret", client_bad_secret},
      {"grant_unsupported", [](ProfileClient& c) { return c.request_tokens("urn:example:none", {}); }},
      {"body_format", body_format},
      {"header_missing", header_missing},
      {"code_unknown", [](ProfileClient& c) { return c.redeem("no-such-code"); }},
      {"code_expired", code_expired},
      {"code_reused", code_reused},
      {"verifier_mismatch",
       [](ProfileClient& c) { return c.redeem(c.code(), {{"code_verifier", std::string(43, 'w')}}); }},
      {"redirect_changed",
       [](ProfileClient& c) { return c.redeem(c.code(), {{"redirect_uri", "https://elsewhere.example/cb"}}); }},
      {"refresh_unknown", [](ProfileClient& c) { return c.refresh("no-such-token"); }},
      {"refresh_expired", refresh_expired},
      {"refresh_reused", refresh_reused},
      {"refresh_revoked", refresh_revoked},

      {"device_pending", [](ProfileClient& c) { return c.poll(device_code_of(c)); }},
      {"device_slow_down", device_slow_down},
      {"device_denied", [](ProfileClient& c) { return device_decided(c, UserDecision::Deny); }},
      {"device_expired", device_expired},
      {"device_unknown", [](ProfileClient& c) { return c.poll("no-such-device"); }},

      {"token_missing", [](ProfileClient& c) { return c.call_api(""); }},
      {"token_invalid", token_invalid},
      {"token_expired", token_expired},
      {"scope_insufficient", [](ProfileClient& c) { return c.call_api(access_token_of(c), "/write"); }},
      {"revoke_unknown", [](ProfileClient& c) { return c.revoke("no-such-token"); }},
  };
}

}  // namespace

const std::map<std::string_view, Play>& plays() {
  static const std::map<std::string_view, Play> all = make_plays();
  return all;
}

std::optional<HttpResponse> refuse_by_fault(ProfileClient& client, const std::string& condition) {
  FaultRule rule{.fault = "oauth.refuse", .arguments = Json::object({{"condition", Json(condition)}, {"wait_s", Json(30)}})};
  if (!client.realm().add_fault(std::move(rule))) return std::nullopt;
  const bool at_api = condition.starts_with("token_") || !client.serves("token") || client.spoken().text("kind") == "api_key";
  return at_api ? client.call_api("x") : client.refresh("x");
}

std::optional<HttpResponse> play(ProfileClient& client, const std::string& name) {
  if (const auto found = plays().find(name); found != plays().end()) return found->second(client);
  return parse_condition(name) ? refuse_by_fault(client, name) : std::nullopt;
}

}  // namespace mockoauth::server::testing
