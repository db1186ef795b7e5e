// The device authorization grant, RFC 8628.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kGrant = "urn:ietf:params:oauth:grant-type:device_code";

Json start(Engine& server, std::string_view client = "app") {
  return body_of(server.post("/device_authorization", {{"client_id", std::string(client)}, {"scope", "api.read"}}));
}

HttpResponse poll(Engine& server, const Json& device, std::string_view client = "app") {
  return server.post("/token", {{"grant_type", kGrant}, {"client_id", std::string(client)},
                                {"device_code", text_at(device, "device_code")}});
}

HttpResponse approve(Engine& server, const Json& device) {
  return server.post("/device", {{"user_code", text_at(device, "user_code")}, {"action", "approve"}});
}

REQUIREMENT(device_response_members) {
  const auto device = start(server);
  EXPECT_FALSE(text_at(device, "device_code").empty());
  EXPECT_FALSE(text_at(device, "user_code").empty());
  EXPECT_EQ(text_at(device, "verification_uri"), text_at(metadata(), "issuer") + "/device");
  EXPECT_EQ(device.int_at("expires_in"), 900);
  EXPECT_EQ(device.int_at("interval"), 5);
}

REQUIREMENT(device_response_no_store) {
  const auto answer = server.post("/device_authorization", {{"client_id", "app"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

REQUIREMENT(device_pending) {
  const auto device = start(server);
  refused(poll(server, device), 400, "authorization_pending");
}

REQUIREMENT(device_too_fast) {
  const auto device = start(server);
  refused(poll(server, device), 400, "authorization_pending");
  server.advance(4999ms);
  refused(poll(server, device), 400, "slow_down");
  server.advance(9999ms);
  refused(poll(server, device), 400, "slow_down");
  server.advance(15s);
  refused(poll(server, device), 400, "authorization_pending");
}

REQUIREMENT(device_denied) {
  const auto device = start(server);
  EXPECT_TRUE(server.realm().decide_device(text_at(device, "user_code"), UserDecision::Deny));
  refused(poll(server, device), 400, "access_denied");
}

REQUIREMENT(device_expired) {
  const auto device = start(server);
  server.advance(899s);
  refused(poll(server, device), 400, "authorization_pending");
  server.advance(1s);
  refused(poll(server, device), 400, "expired_token");
  EXPECT_FALSE(server.realm().decide_device(text_at(device, "user_code"), UserDecision::Approve));
}

REQUIREMENT(device_success) {
  const auto device = start(server);
  EXPECT_EQ(approve(server, device).status, 200);
  const auto tokens = poll(server, device);
  granted(tokens);
  EXPECT_EQ(server.use(text_at(tokens, "access_token")).status, 200);
}

REQUIREMENT(device_code_single_use) {
  const auto device = start(server);
  approve(server, device);
  granted(poll(server, device));
  server.advance(5s);
  refused(poll(server, device), 400, "invalid_grant");
}

REQUIREMENT(device_code_bound_to_client) {
  const auto device = start(server);
  approve(server, device);
  refused(poll(server, device, "other"), 400, "invalid_grant");
  granted(poll(server, device));
}

REQUIREMENT(device_code_garbage) {
  refused(poll(server, Json::object({{"device_code", "garbage"}})), 400, "invalid_grant");
}

REQUIREMENT(device_client_unauthorised) {
  server.realm().add_client({.client_id = "plain", .grant_types = {"authorization_code"}});
  refused(server.post("/device_authorization", {{"client_id", "plain"}}), 400, "unauthorized_client");
  EXPECT_EQ(server.post("/device_authorization", {{"client_id", "app"}}).status, 200);
}

REQUIREMENT(device_user_code_guessing_limited) {
  const auto device = start(server);
  HttpResponse last;
  for (int i = 0; i < 11; ++i) last = server.post("/device", {{"user_code", "BBBB-BBBB"}});
  EXPECT_EQ(last.status, 429);
  EXPECT_TRUE(last.header("Retry-After"));
  EXPECT_EQ(approve(server, device).status, 429);
  server.advance(10s);
  EXPECT_EQ(approve(server, device).status, 200);
}

REQUIREMENT(device_user_code_alphabet) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto code = text_at(start(server), "user_code");
    ASSERT_EQ(code.size(), 9u);
    EXPECT_EQ(code.find_first_not_of("BCDFGHJKLMNPQRSTVWXZ-"), std::string::npos) << code;
    EXPECT_TRUE(seen.insert(code).second);
  }
}

REQUIREMENT(device_complete_uri_confirmed) {
  const auto device = start(server);
  const auto page = server.get("/device?user_code=" + text_at(device, "user_code") + "&action=approve");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find(text_at(device, "user_code")), std::string::npos);
  refused(poll(server, device), 400, "authorization_pending");
  server.advance(5s);
  approve(server, device);
  granted(poll(server, device));
}

}  // namespace
}  // namespace mockoauth::server::testing
