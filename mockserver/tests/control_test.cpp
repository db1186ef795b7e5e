// The control API: what it changes, what it refuses, and that its description is that of itself.
#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class ControlApi : public ControlFixture {};

TEST_F(ControlApi, ARealmIsCreatedUsedAndDropped) {
  create("one");
  EXPECT_EQ(body_of(call("GET", "/realms/one")).string_at("issuer"), "http://127.0.0.1:4321/r/one");
  const auto code = location_of(authorize("one")).one("code").value_or("");
  EXPECT_EQ(redeem("one", code).status, 200);

  EXPECT_EQ(call("DELETE", "/realms/one").status, 200);

  EXPECT_EQ(authorize("one").status, 404);
  expect_problem(call("GET", "/realms/one"), 404, "realm.unknown");
}

TEST_F(ControlApi, ARealmWithoutANameGetsOne) {
  const auto one = body_of(post("/realms", "{}")).string_at("name");
  const auto two = body_of(post("/realms", "")).string_at("name");
  ASSERT_TRUE(one && two);
  EXPECT_NE(one, two);
  EXPECT_TRUE(server_.find_realm(*two));
}

TEST_F(ControlApi, RefusesWithThePlaceAndChangesNothing) {
  create("one");
  expect_problem(post("/realms", R"({"name": "one"})"), 409, "realm.exists", "/name");
  expect_problem(post("/realms", R"({"name": "Upper"})"), 422, "realm.name", "/name");
  expect_problem(post("/realms", R"({"name": "two", "provider": "nobody"})"), 422, "realm.profile", "/provider");
  expect_problem(post("/realms", R"({"name": "two", "clients": [{"client_id": 7}]})"), 422, "schema",
                 "/clients/0/client_id");
  expect_problem(post("/realms", "{"), 400, "json");
  expect_problem(post("/realms/one/clock", R"({"advance_s": "1h"})"), 422, "schema", "/advance_s");
  expect_problem(post("/realms/one/clock", R"({"advance_s": 5, "rate": 2, "frozen": true})"), 422,
                 "clock.rate", "/rate");
  expect_problem(post("/realms/one/faults", R"({"fault": "no.such"})"), 422, "fault.unknown", "/fault");
  expect_problem(call("GET", "/realms/one/journal?since=x"), 400, "query");
  expect_problem(call("GET", "/realms/one/journal?limite=1"), 400, "query");
  expect_problem(call("GET", "/nothing"), 404, "route");
  EXPECT_EQ(call("PUT", "/realms").header("Allow"), "GET, POST");
  expect_problem(call("POST", "/realms", "{}", {{"Content-Type", "text/plain"}}), 415, "content_type");

  EXPECT_EQ(server_.realms(), std::vector<std::string>{"one"});
  EXPECT_EQ(server_.find_realm("one")->clock().now(), clock_.now());
  EXPECT_TRUE(server_.find_realm("one")->faults().empty());
}

TEST_F(ControlApi, TheClockIsMovedAndFrozen) {
  create("one");
  EXPECT_EQ(post("/realms/one/clock", R"({"advance_s": 3600, "frozen": true})").status, 200);
  clock_.advance(1h);
  const auto view = body_of(call("GET", "/realms/one/clock"));
  EXPECT_EQ(view.string_at("now"), mimir::codec::format_iso8601(mimir::codec::TimePoint(1'800'003'600'000ms)));
  EXPECT_EQ(view.bool_at("frozen"), true);
}

TEST_F(ControlApi, AFaultStrikesItsRealmOnlyAndAnUnusedOneIsTold) {
  create("one");
  create("two");
  ASSERT_EQ(post("/realms/one/faults", R"({"fault": "http.status", "arguments": {"status": 503}})").status, 201);
  ASSERT_EQ(post("/realms/two/faults",
                 R"({"fault": "http.status", "arguments": {"status": 503}, "when": {"endpoint": "token"}})").status,
            201);
  EXPECT_EQ(authorize("two").status, 303);
  EXPECT_EQ(authorize("one").status, 503);
  EXPECT_TRUE(body_of(call("DELETE", "/realms/one")).find("unused_faults")->as_array()->empty());
  EXPECT_EQ(body_of(call("DELETE", "/realms/two")).find("unused_faults")->as_array()->size(), 1u);
}

TEST_F(ControlApi, TellsWhatCanGoWrongAndTakesOneRuleAwayAgain) {
  const auto known = body_of(call("GET", "/faults"));
  const auto& first = known.find("faults")->as_array()->front();
  for (const char* name : {"name", "layer", "title", "phases", "arguments", "example"}) EXPECT_NE(first.find(name), nullptr) << name;
  create("one");
  const auto added = post("/realms/one/faults", R"({"fault": "http.status", "arguments": {"status": 503}})");
  EXPECT_EQ(body_of(added).int_at("id"), 1);
  expect_problem(call("DELETE", "/realms/one/faults/2"), 404, "fault.id");
  expect_problem(call("DELETE", "/realms/one/faults/1x"), 404, "fault.id");
  EXPECT_EQ(body_of(call("DELETE", "/realms/one/faults/1")).int_at("fired"), 0);
  EXPECT_EQ(authorize("one").status, 303);
}

TEST_F(ControlApi, ThePersonAtTheLoginPageDoesAsTold) {
  create("one");
  ASSERT_EQ(post("/realms/one/person", R"({"decision": "deny"})").status, 204);
  EXPECT_EQ(location_of(authorize("one")).one("error"), "access_denied");
  ASSERT_EQ(post("/realms/one/person", R"({"decision": "approve", "scopes": null})").status, 204);
  EXPECT_TRUE(location_of(authorize("one")).one("code"));
}

TEST_F(ControlApi, KeysAreRotatedAndTokensSigned) {
  create("one");
  const auto before = body_of(call("GET", "/realms/one/keys")).find("keys")->as_array()->size();
  EXPECT_EQ(post("/realms/one/keys/rotate", "{}").status, 200);
  EXPECT_GT(body_of(call("GET", "/realms/one/keys")).find("keys")->as_array()->size(), before);
  expect_problem(post("/realms/one/keys/none/retire", "{}"), 404, "key.kid");

  const auto token = body_of(post("/realms/one/tokens/sign", R"({"claims": {"sub": "eve"}, "alg": "ES256"})"));
  const auto jws = mimir::codec::Jws::parse(token.string_at("token").value_or(""));
  ASSERT_TRUE(jws);
  EXPECT_TRUE(server_.find_realm("one")->keys().verifies(*jws, clock_.now()));
  expect_problem(post("/realms/one/tokens/sign", R"({"claims": {}, "alg": "XX"})"), 422, "key.algorithm", "/alg");
}

TEST_F(ControlApi, OnlyThisHostAndItsPagesMaySteer) {
  expect_problem(call("GET", "/realms", {}, {{"Host", "evil.example:4321"}}), 403, "host");
  expect_problem(call("GET", "/realms", {}, {{"Host", "127.evil.example"}}), 403, "host");
  expect_problem(call("GET", "/realms", {}, {{"Host", ""}}), 403, "host");
  expect_problem(call("POST", "/realms", "{}", {{"Host", "localhost"}, {"Origin", "https://evil.example"}}), 403,
                 "origin");
  expect_problem(call("POST", "/realms", "{}", {{"Host", "localhost"}, {"Origin", "null"}}), 403, "origin");
  for (const char* host : {"127.0.0.1:4321", "localhost", "[::1]:4321"}) {
    EXPECT_EQ(call("GET", "/realms", {}, {{"Host", host}, {"Origin", "http://localhost:9"}}).status, 200) << host;
  }
}

TEST_F(ControlApi, WantsItsTokenWhereItHasOne) {
  Control guarded(server_, {.token = "s3cret"});
  const auto with = [&](Headers headers) {
    return guarded.handle({.method = "GET", .target = "/_mock/realms", .headers = std::move(headers)});
  };
  expect_problem(with({}), 401, "token");
  expect_problem(with({{"Authorization", "Bearer s3cre"}}), 401, "token");
  EXPECT_TRUE(with({}).header("WWW-Authenticate"));
  EXPECT_EQ(with({{"Authorization", "Bearer s3cret"}}).status, 200);
}

TEST_F(ControlApi, EveryDocumentedRouteAnswers) {
  const auto document = body_of(call("GET", "/openapi.json"));
  EXPECT_EQ(document.string_at("openapi"), "3.1.0");
  ASSERT_TRUE(document.find("paths") != nullptr && document.find("paths")->is_object());
  std::set<std::string> ids;
  for (const auto& [path, methods] : *document.find("paths")->as_object()) {
    const auto target = std::regex_replace(path, std::regex(R"(\{\w+\})"), "x");
    for (const auto& [method, operation] : *methods.as_object()) {
      SCOPED_TRACE(method + " " + path);
      EXPECT_TRUE(ids.insert(operation.string_at("operationId").value_or("")).second);
      EXPECT_TRUE(operation.find("responses")->find("default") != nullptr);
      const auto braces = static_cast<std::size_t>(std::count(path.begin(), path.end(), '{'));
      std::size_t named = 0;
      for (const auto& one : *operation.find("parameters")->as_array()) named += one.string_at("in") == "path";
      EXPECT_EQ(named, braces);
      if (const auto* body = operation.find("requestBody")) {
        EXPECT_EQ(body->at_pointer("/content/application~1json/schema/type")->as_string()->compare("object"), 0);
      }
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const auto answer = control_.handle({.method = upper, .target = target});
      EXPECT_NE(answer.status, 405);
      EXPECT_NE(body_of(answer).string_at("type").value_or(""), "urn:mockoauth:problem:route");
    }
  }
  EXPECT_GE(ids.size(), 20u);
}

}  // namespace
}  // namespace mockoauth::server::testing
