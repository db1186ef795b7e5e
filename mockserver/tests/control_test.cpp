// The control API: what it changes, what it refuses, and that its description is that of itself.
#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include <mockoauth/server/control.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class ControlApi : public ::testing::Test {
 protected:
  HttpResponse call(std::string method, std::string target, std::string body = {}, Headers headers = {}) {
    return control_.handle({.method = std::move(method),
                            .target = "/_mock" + target,
                            .headers = std::move(headers),
                            .body = std::move(body)});
  }
  HttpResponse post(std::string target, std::string body) { return call("POST", std::move(target), std::move(body)); }
  void create(const std::string& name) {
    const auto made = post("/realms", R"({"name": ")" + name + R"(", "seed": 7, "clients": [
      {"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]}]})");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  HttpResponse authorize(const std::string& realm) {
    return server_.handle({.method = "GET", .target = "/r/" + realm + "/authorize?" +
                                                      Engine::authorization_request().encode()});
  }
  HttpResponse redeem(const std::string& realm, const std::string& code) {
    return server_.handle({.method = "POST", .target = "/r/" + realm + "/token",
                           .headers = {{"Content-Type", std::string(kFormType)}},
                           .body = Engine::code_request(code).encode()});
  }

  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server_{clock_, "http://127.0.0.1:4321"};
  Control control_{server_};
};

void expect_problem(const HttpResponse& response, int status, std::string_view code, std::string_view pointer = {}) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(body_of(response).string_at("type"), "urn:mockoauth:problem:" + std::string(code));
  EXPECT_EQ(body_of(response).string_at("pointer").value_or(""), pointer) << response.body;
  EXPECT_FALSE(body_of(response).string_at("detail").value_or("").empty());
}

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
  expect_problem(call("GET", "/realms/one/journal?limit=1"), 400, "query");
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
  ASSERT_EQ(post("/realms/one/faults", R"({"fault": "http.status", "arguments": {"status": 503}})").status, 204);
  ASSERT_EQ(post("/realms/two/faults",
                 R"({"fault": "http.status", "arguments": {"status": 503}, "when": {"endpoint": "token"}})").status,
            204);
  EXPECT_EQ(authorize("two").status, 303);
  EXPECT_EQ(authorize("one").status, 503);
  EXPECT_TRUE(body_of(call("DELETE", "/realms/one")).find("unused_faults")->as_array()->empty());
  EXPECT_EQ(body_of(call("DELETE", "/realms/two")).find("unused_faults")->as_array()->size(), 1u);
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

TEST_F(ControlApi, TheJournalIsVerified) {
  create("one");
  const auto code = location_of(authorize("one")).one("code").value_or("");
  redeem("one", code);
  redeem("one", code);

  const auto holds = [&](const std::string& body) {
    const auto answer = post("/realms/one/verify", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return body_of(answer).bool_at("holds");
  };
  EXPECT_EQ(holds(R"({"expect": [{"match": {"endpoint": "token"}, "times": 2}]})"), true);
  EXPECT_EQ(holds(R"({"expect": [{"match": {"endpoint": "token"}, "times": 1}]})"), false);
  EXPECT_EQ(holds(R"({"expect": [{"match": {"endpoint": "token"}, "at_most": 1}]})"), false);
  EXPECT_EQ(holds(R"({"expect": [{"match": {"endpoint": "token", "same": {"code": 2}}, "times": 2}]})"), true);
  EXPECT_EQ(holds(R"({"expect": [{"match": {"endpoint": "token", "same": {"code": 1}}, "times": 0}]})"), true);
  EXPECT_EQ(holds(R"({"expect": [{"match": {"error": "invalid_grant", "status": 400}}]})"), true);
  EXPECT_EQ(holds(R"({"in_order": true, "expect": [{"match": {"endpoint": "authorize"}},
                                                    {"match": {"endpoint": "token"}}]})"), true);
  EXPECT_EQ(holds(R"({"in_order": true, "expect": [{"match": {"endpoint": "token"}},
                                                    {"match": {"endpoint": "authorize"}}]})"), false);

  const auto missed = body_of(post("/realms/one/verify",
                                   R"({"expect": [{"match": {"endpoint": "token", "client_id": "other"}}]})"));
  EXPECT_EQ(missed.at_pointer("/failures/0/nearest/differences/0")->as_string()->find("client_id is `app`"), 0u);
  EXPECT_EQ(missed.at_pointer("/failures/0/nearest/exchange/number")->as_int(), 2);
  EXPECT_EQ(missed.dump().find(code), std::string::npos);

  const auto listed = body_of(call("GET", "/realms/one/journal?endpoint=token&since=2"));
  EXPECT_EQ(listed.find("exchanges")->as_array()->size(), 1u);
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
