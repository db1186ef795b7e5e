// Clients, users and realms over the control API: what is put in comes out, and works; what is wrong changes nothing.
#include <gmock/gmock.h>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;

class ControlRegistrations : public ControlFixture {
 protected:
  void SetUp() override { create("one"); }
  std::string sub_of_login() {
    const auto tokens = login("one");
    return text_at(claims_of(text_at(tokens, "id_token")), "sub");
  }
};

TEST_F(ControlRegistrations, AClientComesOutAsItWasPutIn) {
  const std::string client = R"({"client_id":"site","client_secret":"s3cret","redirect_uris":["https://site.example/cb"],)"
                             R"("scopes":["openid"],"token_endpoint_auth_method":"client_secret_post",)"
                             R"("grant_types":["authorization_code"],"dpop_bound_access_tokens":true})";
  ASSERT_EQ(post("/realms/one/clients", client).status, 204);
  EXPECT_EQ(get("/realms/one/clients/site").body, client);
  EXPECT_EQ(body_of(get("/realms/one/clients")).find("clients")->as_array()->size(), 2u);
}

TEST_F(ControlRegistrations, AClientIsChangedAndRemoved) {
  ASSERT_EQ(authorize("one").status, 303);
  ASSERT_EQ(call("PATCH", "/realms/one/clients/app", R"({"redirect_uris": ["https://elsewhere.example/"]})").status, 204);
  EXPECT_EQ(authorize("one").status, 400);
  ASSERT_EQ(call("PUT", "/realms/one/clients/app", R"({"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]})")
                .status, 204);
  EXPECT_EQ(authorize("one").status, 303);
  ASSERT_EQ(call("PATCH", "/realms/one/clients/app", R"({"client_secret": "x"})").status, 204);
  ASSERT_EQ(call("PATCH", "/realms/one/clients/app", R"({"client_secret": null})").status, 204);
  EXPECT_FALSE(body_of(get("/realms/one/clients/app")).string_at("client_secret"));
  ASSERT_EQ(remove("/realms/one/clients/app").status, 204);
  EXPECT_EQ(authorize("one").status, 400);
  expect_problem(remove("/realms/one/clients/app"), 404, "client.unknown");
  expect_problem(get("/realms/one/clients/app"), 404, "client.unknown");
}

TEST_F(ControlRegistrations, RefusesClientsThatMeanNothing) {
  const auto before = get("/realms/one/clients").body;
  const auto refused = [&](const std::string& members, std::string_view code, std::string_view pointer) {
    expect_problem(post("/realms/one/clients", R"({"client_id": "x", )" + members + "}"), 422, code, pointer);
    expect_problem(post("/realms", R"({"name": "two", "clients": [{"client_id": "x", )" + members + "}]}"), 422, code,
                   "/clients/0" + std::string(pointer));
  };
  refused(R"("token_endpoint_auth_method": "magic")", "schema", "/token_endpoint_auth_method");
  refused(R"("redirect_uris": ["no-uri"])", "schema", "/redirect_uris/0");
  refused(R"("redirect_uris": ["https://a.example/#part"])", "schema", "/redirect_uris/0");
  refused(R"("jwks": {"keys": 7})", "client.keys", "/jwks");
  refused(R"("jwks": {"keys": []}, "jwks_uri": "https://a.example/keys")", "client.keys", "/jwks_uri");
  refused(R"("clientsecret": "x")", "schema", "/clientsecret");
  expect_problem(post("/realms/one/clients", "{}"), 422, "schema");
  expect_problem(call("PUT", "/realms/one/clients/app", R"({"client_id": "other"})"), 422, "client.id", "/client_id");
  expect_problem(call("PATCH", "/realms/one/clients/app", R"({"client_id": "other"})"), 422, "schema", "/client_id");
  expect_problem(call("PATCH", "/realms/one/clients/app", R"({"token_endpoint_auth_method": "magic"})"), 422, "schema",
                 "/token_endpoint_auth_method");
  expect_problem(post("/realms", R"({"name": "two", "clients": [{"client_id": "x"}, {"client_id": "x"}]})"), 422,
                 "client.repeated", "/clients/1/client_id");
  EXPECT_EQ(get("/realms/one/clients").body, before);
  EXPECT_EQ(server_.find_realm("two"), nullptr);
}

TEST_F(ControlRegistrations, AUserComesAndGoes) {
  const std::string eve = R"({"sub":"eve","name":"Eve","email":"eve@example.org","entitled":true,"claims":{"vip":true}})";
  ASSERT_EQ(post("/realms/one/users", eve).status, 204);
  EXPECT_EQ(get("/realms/one/users/eve").body, eve);
  EXPECT_EQ(sub_of_login(), "ada");
  ASSERT_EQ(post("/realms/one/person", R"({"sub": "eve"})").status, 204);
  EXPECT_EQ(sub_of_login(), "eve");
  EXPECT_EQ(body_of(get("/realms/one/person")).string_at("sub"), "eve");

  ASSERT_EQ(call("PUT", "/realms/one/users/eve", R"({"sub": "eve", "entitled": false})").status, 204);
  EXPECT_EQ(location_of(authorize("one")).one("error"), "access_denied");
  ASSERT_EQ(remove("/realms/one/users/eve").status, 204);
  EXPECT_EQ(sub_of_login(), "ada") << "whoever is left";

  expect_problem(remove("/realms/one/users/eve"), 404, "user.unknown");
  expect_problem(get("/realms/one/users/eve"), 404, "user.unknown");
  expect_problem(remove("/realms/one/users/ada"), 409, "user.last");
  expect_problem(call("PUT", "/realms/one/users/eve", R"({"sub": "bob"})"), 422, "user.sub", "/sub");
  expect_problem(post("/realms/one/users", R"({"sub": ""})"), 422, "schema", "/sub");
  expect_problem(post("/realms", R"({"name": "two", "users": [{"sub": "x"}, {"sub": "x"}]})"), 422, "user.repeated",
                 "/users/1/sub");
  EXPECT_EQ(body_of(get("/realms/one/users")).find("users")->as_array()->size(), 1u);
}

TEST_F(ControlRegistrations, ARealmHasClockFaultsAndPersonFromItsFirstMoment) {
  const auto made = post("/realms", R"({"name": "two", "clock": {"to": "2030-01-01T00:00:00Z", "frozen": true},
    "person": {"decision": "deny"}, "faults": [{"fault": "http.status", "arguments": {"status": 503}, "when": {"endpoint": "token"}}],
    "clients": [{"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]}]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(body_of(get("/realms/two/clock")).string_at("now"), "2030-01-01T00:00:00Z");
  EXPECT_EQ(location_of(authorize("two")).one("error"), "access_denied");
  EXPECT_EQ(redeem("two", "x").status, 503);
}

TEST_F(ControlRegistrations, OfARealmThatIsRefusedNothingIsLeft) {
  const auto refused = [&](const std::string& members, std::string_view code, std::string_view pointer) {
    expect_problem(post("/realms", R"({"name": "two", )" + members + "}"), 422, code, pointer);
  };
  refused(R"("faults": [{"fault": "hold", "arguments": {"latch": "x"}}, {"fault": "no.such"}])", "fault.unknown", "/faults/1/fault");
  refused(R"("faults": [{"fault": "http.status", "arguments": {"status": 99}}])", "fault.arguments", "/faults/0/arguments/status");
  refused(R"("clock": {"frozen": true, "rate": 2})", "clock.rate", "/clock/rate");
  refused(R"("clock": {"to": "tomorrow"})", "clock.time", "/clock/to");
  refused(R"("clock": {"to": "2030-01-01T00:00:00Z", "advance_s": 1})", "clock.twice", "/clock/advance_s");
  refused(R"("person": {"decision": "maybe"})", "schema", "/person/decision");
  refused(R"("profile": {"id": "x", "title": "X", "knobs": {"no.such": 1}})", "realm.profile", "/profile/knobs/no.such");
  EXPECT_EQ(server_.realms(), std::vector<std::string>{"one"});
}

TEST_F(ControlRegistrations, TimesAreReadAsTheyAreWritten) {
  const auto set = [&](const std::string& to) { return post("/realms/one/clock", R"({"frozen": true, "to": ")" + to + "\"}"); };
  for (const char* good : {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z"}) {
    EXPECT_EQ(body_of(set(good)).string_at("now"), good);
  }
  EXPECT_EQ(set("2024-02-29T23:59:59.25Z").status, 200);
  EXPECT_EQ(server_.find_realm("one")->clock().now().time_since_epoch() % 1000ms, 250ms);
  for (const char* bad : {"2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
                          "2024-01-01T00:00:00", "2024-01-01T00:00:00+01:00", "2024-01-01 00:00:00Z", "1969-12-31T23:59:59Z",
                          "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234Z", "2024-1-1T00:00:00Z", "", "Z"}) {
    expect_problem(set(bad), 422, "clock.time", "/to");
  }
}

class Nothing final : public Fetcher {
 public:
  mimir::codec::Result<FetchedDocument> fetch(const std::string& url, const FetchLimits&) override {
    asked.push_back(url);
    return mimir::codec::fail("fetch.none", "nothing is there");
  }
  std::vector<std::string> asked;
};

TEST_F(ControlRegistrations, ARealmOfTheApiFetchesAsTheServersOwnDo) {
  const auto fetcher = std::make_shared<Nothing>();
  server_.set_defaults({.fetcher = fetcher});
  ASSERT_EQ(post("/realms", R"({"name": "two", "clients": [{"client_id": "keyed", "jwks_uri": "http://127.0.0.1:9/keys",
    "token_endpoint_auth_method": "private_key_jwt"}]})").status, 201);
  const auto key = mimir::codec::Key::generate(mimir::codec::JwsAlgorithm::ES256).value();
  const auto assertion = sign_by(key, Json::object({{"iss", "keyed"}, {"sub", "keyed"}, {"aud", "http://127.0.0.1:4321/r/two"},
                                                    {"exp", 1'800'000'060}, {"jti", "1"}}), "JWT");
  const auto answer = token_request("two", {{"grant_type", "client_credentials"},
                        {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                        {"client_assertion", assertion}});
  EXPECT_EQ(fetcher->asked, std::vector<std::string>{"http://127.0.0.1:9/keys"}) << answer.body;
}

TEST_F(ControlRegistrations, DroppingARealmTellsWhatWasLeft) {
  ASSERT_LT(post("/realms/one/faults", R"({"fault": "http.status", "name": "lost", "times": 2, "arguments": {"status": 503}})").status, 300);
  ASSERT_LT(post("/realms/one/faults", R"({"then": [{"fault": "hold", "arguments": {"latch": "x"}}], "when": {"endpoint": "revoke"}})").status, 300);
  authorize("one");
  EXPECT_EQ(body_of(get("/realms/one/report")).bool_at("clean"), false);
  const auto left = body_of(remove("/realms/one"));
  SCOPED_TRACE(left.dump());
  ASSERT_EQ(left.find("unfinished_faults")->as_array()->size(), 1u);
  ASSERT_EQ(left.find("unused_faults")->as_array()->size(), 1u);
  EXPECT_EQ(left.at_pointer("/unfinished_faults/0/rule/name")->as_string()->compare("lost"), 0);
  EXPECT_EQ(left.at_pointer("/unused_faults/0/fired")->as_int(), 0);
  create("two");
  EXPECT_EQ(body_of(remove("/realms/two")).bool_at("clean"), true);
}

// All that can be seen of the server over the API.
std::string everything(const std::function<HttpResponse(std::string)>& get) {
  std::string text = get("/realms").body;
  for (const char* part : {"", "/clock", "/faults", "/clients", "/users", "/person", "/keys", "/latches", "/journal",
                           "/device-logins", "/report"}) {
    text += "\n" + get("/realms/one" + std::string(part)).body;
  }
  return text;
}

TEST_F(ControlRegistrations, WhatIsRefusedChangesNothing) {
  ASSERT_LT(post("/realms/one/faults", R"({"fault": "hold", "arguments": {"latch": "x"}, "when": {"endpoint": "revoke"}})").status, 300);
  login("one");
  const auto look = [&](std::string target) { return get(std::move(target)); };
  const auto before = everything(look);
  // Each is right but for one thing; the operations are those of the document, so that a new one is met, too.
  const auto document = Control::openapi();
  int refused = 0;
  for (const auto& [path, methods] : *document.find("paths")->as_object()) {
    std::string target = path.substr(std::string("/_mock").size());
    if (const auto at = target.find("{realm}"); at != std::string::npos) target.replace(at, 7, "one");
    for (auto open = target.find('{'); open != std::string::npos; open = target.find('{')) {
      target.replace(open, target.find('}') - open + 1, "no-such-one");
    }
    for (const auto& [method, operation] : *methods.as_object()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      if (operation.find("requestBody") == nullptr) continue;
      for (const char* body : {R"({"no such member": 1})", "[]", "7", "{", "\xff", R"({"a": 1, "a": 2})"}) {
        const auto response = call(upper, target, body);
        SCOPED_TRACE(upper + " " + target + " " + body + ": " + response.body);
        EXPECT_GE(response.status, 400);
        EXPECT_LT(response.status, 500);
        EXPECT_THAT(body_of(response).string_at("type").value_or(""), HasSubstr("urn:mockoauth:problem:"));
        EXPECT_FALSE(body_of(response).string_at("detail").value_or("").empty());
        ++refused;
      }
    }
  }
  EXPECT_GE(refused, 6 * 15);
  EXPECT_EQ(everything(look), before);
}

}  // namespace
}  // namespace mockoauth::server::testing
