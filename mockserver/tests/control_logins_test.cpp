// Scripted people: what they do about one login each, and that nobody else's login is touched.
#include <thread>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class ControlLogins : public ControlFixture {
 protected:
  void SetUp() override {
    create("one");
    ASSERT_EQ(post("/realms/one/clients", R"({"client_id": "other", "redirect_uris": ["http://127.0.0.1/callback"]})").status, 204);
  }
  std::string sub_by(const HttpResponse& answer) {
    const auto tokens = body_of(redeem("one", location_of(answer).one("code").value_or("")));
    return text_at(claims_of(text_at(tokens, "id_token")), "sub");
  }
  HttpResponse authorize_as(const std::string& client) {
    auto request = Engine::authorization_request();
    request.set("client_id", client);
    return server_.handle({.method = "GET", .target = "/r/one/authorize?" + request.encode()});
  }
};

TEST_F(ControlLogins, GoAsScriptedOneAfterTheOther) {
  ASSERT_EQ(post("/realms/one/logins", R"({"then": [{"decision": "deny"}, {"sub": "eve"}, {"decision": "abandon"},
    {"scopes": ["openid"]}]})").status, 201);
  EXPECT_EQ(location_of(authorize("one")).one("error"), "access_denied");
  EXPECT_EQ(sub_by(authorize("one")), "eve");
  EXPECT_EQ(authorize("one").status, 200) << "a page, and nothing ever comes back";
  EXPECT_EQ(text_at(redeem("one", location_of(authorize("one")).one("code").value_or("")), "scope"), "openid");
  EXPECT_EQ(sub_by(authorize("one")), "ada") << "then as ever";
  EXPECT_EQ(body_of(get("/realms/one/person")).string_at("sub"), "ada");
}

TEST_F(ControlLogins, AreThoseOfTheClientThatIsMeant) {
  ASSERT_EQ(post("/realms/one/logins", R"({"when": {"client_id": "other"}, "then": [{"decision": "deny"}]})").status, 201);
  EXPECT_TRUE(location_of(authorize("one")).one("code"));
  EXPECT_EQ(location_of(authorize_as("other")).one("error"), "access_denied");
  EXPECT_TRUE(location_of(authorize_as("other")).one("code"));
}

TEST_F(ControlLogins, WaitUntilThePersonHasMadeUpTheirMind) {
  ASSERT_EQ(post("/realms/one/logins", R"({"then": [{"decision": "deny", "latch": "thinking"}]})").status, 201);
  HttpResponse answer;
  std::jthread browser([&] { answer = authorize("one"); });
  ASSERT_EQ(body_of(post("/realms/one/latches/thinking/await", "{}")).bool_at("reached"), true);
  ASSERT_EQ(body_of(post("/realms/one/latches/thinking/release", "{}")).int_at("released"), 1);
  browser.join();
  EXPECT_EQ(location_of(answer).one("error"), "access_denied");
}

TEST_F(ControlLogins, AScriptThatNobodyPlayedIsReported) {
  ASSERT_EQ(post("/realms/one/logins", R"({"name": "eve comes", "then": [{"sub": "eve"}]})").status, 201);
  EXPECT_EQ(body_of(remove("/realms/one")).find("unused_faults")->as_array()->size(), 1u);
}

TEST_F(ControlLogins, AreRefusedWithTheirPlace) {
  const auto refused = [&](const char* script, std::string_view code, std::string_view pointer) {
    expect_problem(post("/realms/one/logins", script), 422, code, pointer);
  };
  refused(R"({"then": []})", "schema", "/then");
  refused(R"({"then": [{"decision": "maybe"}]})", "schema", "/then/0/decision");
  refused(R"({"then": [{"scopes": [7]}]})", "schema", "/then/0/scopes/0");
  refused(R"({"then": [{"sub": "eve\nx"}]})", "fault.arguments", "/then/0/sub");
  refused(R"({"when": {"param": {"a": 7}}, "then": [{}]})", "fault.arguments", "/when/param/a");
  EXPECT_TRUE(body_of(get("/realms/one/faults")).find("faults")->as_array()->empty());
}

}  // namespace
}  // namespace mockoauth::server::testing
