// Reading the journal over the control API: cursors, waiting, verification and the nearest miss.
#include <thread>

#include <gmock/gmock.h>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ControlJournal : public ControlFixture {
 protected:
  void SetUp() override { create("one"); }

  Json verify(const std::string& body) {
    const auto answer = post("/realms/one/verify", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return body_of(answer);
  }
  bool holds(const std::string& expect) { return verify(R"({"expect": [)" + expect + "]}").bool_at("holds") == true; }
  std::string detail(const std::string& expect) {
    return verify(R"({"expect": [)" + expect + "]}").string_at("detail").value_or("");
  }
};

TEST_F(ControlJournal, CountsExactlyAtLeastAtMostAndNone) {
  const auto code = location_of(authorize("one")).one("code").value_or("");
  redeem("one", code);
  redeem("one", code);

  EXPECT_TRUE(holds(R"({"match": {"endpoint": "token"}, "times": 2})"));
  EXPECT_FALSE(holds(R"({"match": {"endpoint": "token"}, "times": 1})"));
  EXPECT_TRUE(holds(R"({"match": {"endpoint": "token"}, "at_least": 2})"));
  EXPECT_FALSE(holds(R"({"match": {"endpoint": "token"}, "at_least": 3})"));
  EXPECT_TRUE(holds(R"({"match": {"endpoint": "token"}, "at_most": 2})"));
  EXPECT_FALSE(holds(R"({"match": {"endpoint": "token"}, "at_most": 1})"));
  EXPECT_TRUE(holds(R"({"match": {"endpoint": "revoke"}, "times": 0})"));
  EXPECT_FALSE(holds(R"({"match": {"endpoint": "token"}, "times": 0})"));
  EXPECT_TRUE(holds(R"({"match": {"error": "invalid_grant", "status": 400}})"));
  EXPECT_FALSE(holds(R"({"match": {"error": "invalid_grant", "status": 401}})"));
}

TEST_F(ControlJournal, MatchesByAnyFactOfAnExchange) {
  login("one");
  EXPECT_TRUE(holds(R"({"match": {"method": "POST", "path": "/token", "grant_type": "authorization_code", "flow": "g1"}})"));
  EXPECT_FALSE(holds(R"({"match": {"method": "GET", "path": "/token"}})"));
  EXPECT_TRUE(holds(R"({"match": {"path": {"matches": "/tok*"}}, "times": 1})"));
  EXPECT_TRUE(holds(R"({"match": {"param": {"code_verifier": {"present": true}, "client_secret": null}}, "times": 1})"));
  EXPECT_FALSE(holds(R"({"match": {"param": {"code_verifier": {"absent": true}}, "endpoint": "token"}})"));
  EXPECT_TRUE(holds(R"({"match": {"param": {"code_verifier": {"absent": false}}, "endpoint": "token"}})"));
  EXPECT_FALSE(holds(R"({"match": {"param": {"code_verifier": {"present": false}}, "endpoint": "token"}})"));
  EXPECT_TRUE(holds(R"({"match": {"param": {"redirect_uri": {"matches": "http://127.0.0.1:*"}}}, "times": 2})"));
  EXPECT_TRUE(holds(R"({"match": {"header": {"Content-Type": {"matches": "*form*"}}}, "times": 1})"));
  EXPECT_FALSE(holds(R"({"match": {"header": {"DPoP": {"present": true}}}})"));
  EXPECT_TRUE(holds(R"({"match": {"issued": "access:a1", "consumed": "code:c1"}})"));
  EXPECT_FALSE(holds(R"({"match": {"issued": "access:a2"}})"));
  EXPECT_TRUE(holds(R"({"match": {"reason": ""}, "times": 2})"));
}

TEST_F(ControlJournal, AFaultThatStruckIsAFact) {
  ASSERT_LT(post("/realms/one/faults", R"({"fault": "http.status", "arguments": {"status": 503}})").status, 300);
  authorize("one");
  authorize("one");
  EXPECT_TRUE(holds(R"({"match": {"fault": "http.status"}, "times": 1})"));
}

TEST_F(ControlJournal, ComparesWithOtherExchanges) {
  const auto tokens = login("one");                                    // 1, 2
  const auto second = body_of(refresh("one", text_at(tokens, kRefresh)));  // 3
  refresh("one", text_at(tokens, kRefresh));                           // 4: the old one again
  const auto is = [](const std::string& match) { return R"({"match": {"grant_type": "refresh_token", )" + match + "}}"; };

  EXPECT_TRUE(holds(is(R"("same": {"refresh_token": 3}, "status": 200)")));
  EXPECT_TRUE(holds(R"({"match": {"endpoint": "token", "same": {"refresh_token": 3}}, "times": 2})"));
  EXPECT_FALSE(holds(is(R"("differs": {"refresh_token": 3})")));
  EXPECT_TRUE(holds(is(R"("same": {"refresh_token": {"exchange": 2, "in": "response"}})")));
  EXPECT_FALSE(holds(is(R"("same": {"refresh_token": {"exchange": 1, "in": "response"}})")));
  EXPECT_TRUE(holds(R"({"match": {"same": {"code": {"exchange": 1, "in": "response"}}}, "times": 1})"));
  EXPECT_TRUE(holds(R"({"match": {"endpoint": "authorize"}, "as": "login"},
                       {"match": {"same": {"code": {"exchange": "login", "in": "response"}}}, "as": "redeemed"},
                       {"match": {"same": {"refresh_token": {"exchange": "redeemed", "in": "response"}}}, "times": 2})"));
  EXPECT_FALSE(holds(is(R"("same": {"refresh_token": 99})")));
  (void)second;
}

TEST_F(ControlJournal, SeesTheOrder) {
  const auto tokens = login("one");
  refresh("one", text_at(tokens, kRefresh));
  const auto in_order = [&](const std::string& expect) {
    return verify(R"({"in_order": true, "expect": [)" + expect + "]}").bool_at("holds") == true;
  };
  const std::string a = R"({"match": {"endpoint": "authorize"}})";
  const std::string code = R"({"match": {"grant_type": "authorization_code"}})";
  const std::string refreshed = R"({"match": {"grant_type": "refresh_token"}, "times": 1})";
  EXPECT_TRUE(in_order(a + "," + code + "," + refreshed));
  EXPECT_FALSE(in_order(code + "," + a));
  EXPECT_FALSE(in_order(a + "," + refreshed + "," + code));
  const std::string any_token = R"({"match": {"endpoint": "token"}})";
  EXPECT_TRUE(in_order(any_token + "," + any_token));
  EXPECT_FALSE(in_order(any_token + "," + any_token + "," + any_token));
  EXPECT_FALSE(in_order(any_token + R"(, {"match": {"endpoint": "token"}, "times": 2})"));
  EXPECT_THAT(verify(R"({"in_order": true, "expect": [)" + code + "," + a + "]}").string_at("detail").value_or(""),
              HasSubstr("exchange 1, with endpoint \"authorize\", came before"));
}

TEST_F(ControlJournal, LooksOnlyWhereItIsTold) {
  login("one");
  authorize("one");
  EXPECT_EQ(verify(R"({"since": 2, "expect": [{"match": {"endpoint": "token"}, "times": 0}]})").bool_at("holds"), true);
  EXPECT_EQ(verify(R"({"since": 1, "expect": [{"match": {"endpoint": "token"}, "times": 0}]})").bool_at("holds"), false);
  EXPECT_EQ(verify(R"({"until": 1, "expect": [{"match": {"endpoint": "authorize"}, "times": 1}]})").bool_at("holds"), true);
}

TEST_F(ControlJournal, ShowsTheNearestMissWithoutSecrets) {
  const auto code = location_of(authorize("one")).one("code").value_or("");
  redeem("one", code);

  const auto missed = verify(R"({"expect": [{"match": {"endpoint": "token", "client_id": "other"}}]})");
  EXPECT_EQ(missed.at_pointer("/failures/0/pointer")->as_string()->compare("/expect/0"), 0);
  EXPECT_EQ(missed.string_at("detail"), R"(expected at least 1 with endpoint "token", client_id "other", seen 0; )"
                                        R"(the nearest is exchange 2: client_id is "app", expected "other")");
  const auto* difference = missed.at_pointer("/failures/0/nearest/differences/0");
  ASSERT_NE(difference, nullptr);
  EXPECT_EQ(difference->string_at("pointer"), "/client_id");
  EXPECT_EQ(difference->string_at("seen"), "app");
  EXPECT_EQ(difference->string_at("expected"), "other");
  EXPECT_EQ(missed.at_pointer("/failures/0/nearest/exchange/number")->as_int(), 2);
  EXPECT_THAT(missed.dump(), Not(HasSubstr(code)));

  const auto about_code = detail(R"({"match": {"endpoint": "token", "param": {"code": "another"}}})");
  EXPECT_THAT(about_code, HasSubstr("the parameter code is "));
  EXPECT_THAT(about_code, Not(HasSubstr(code)));
  EXPECT_THAT(detail(R"({"match": {"endpoint": "token"}, "times": 0})"),
              HasSubstr("expected exactly 0 with endpoint \"token\", seen 1 (exchange 2)"));
}

TEST_F(ControlJournal, SaysSoWhereThereIsNothingToCompareWith) {
  const auto missed = verify(R"({"expect": [{"match": {}}]})");
  EXPECT_EQ(missed.string_at("detail"), "expected at least 1 with anything, seen 0");
  EXPECT_EQ(missed.at_pointer("/failures/0/nearest"), nullptr);
}

TEST_F(ControlJournal, RefusesExpectationsThatMeanNothing) {
  const auto refused = [&](const std::string& expect, std::string_view code, std::string_view pointer) {
    expect_problem(post("/realms/one/verify", R"({"expect": [)" + expect + "]}"), 422, code, pointer);
  };
  refused(R"({"match": {}, "times": 1, "at_most": 2})", "verify.count", "/expect/0/times");
  refused(R"({"match": {}, "at_least": 3, "at_most": 2})", "verify.count", "/expect/0/at_least");
  refused(R"({"match": {"same": {"code": "login"}}})", "verify.name", "/expect/0/match/same/code");
  refused(R"({"match": {"differs": {"a/b": {"exchange": "x"}}}})", "verify.name", "/expect/0/match/differs/a~1b");
  refused(R"({"match": {}, "as": "x"}, {"match": {}, "as": "x"})", "verify.name", "/expect/1/as");
  refused(R"({"match": {"endpont": "token"}})", "schema", "/expect/0/match/endpont");
  refused(R"({"match": {"param": {"code": 7}}})", "schema", "/expect/0/match/param/code");
  refused(R"({"match": {"status": 99}})", "schema", "/expect/0/match/status");
  refused(R"({"times": -1, "match": {}})", "schema", "/expect/0/times");
  expect_problem(post("/realms/one/verify", R"({"expect": []})"), 422, "schema", "/expect");
}

TEST_F(ControlJournal, IsReadInPages) {
  login("one");
  authorize("one");
  const auto first = body_of(get("/realms/one/journal?limit=2"));
  EXPECT_EQ(first.find("exchanges")->as_array()->size(), 2u);
  EXPECT_EQ(first.int_at("next"), 2);
  const auto second = body_of(get("/realms/one/journal?limit=2&since=2"));
  EXPECT_EQ(second.find("exchanges")->as_array()->size(), 1u);
  EXPECT_EQ(second.int_at("next"), 3);
  EXPECT_EQ(body_of(get("/realms/one/journal?since=3")).int_at("next"), 3);
  EXPECT_EQ(body_of(get("/realms/one/journal?endpoint=token")).int_at("next"), 3);
  expect_problem(get("/realms/one/journal?since=-1"), 400, "query");
  expect_problem(get("/realms/one/journal?limit=2x"), 400, "query");
}

TEST_F(ControlJournal, ShowsSecretsOnlyWhenAsked) {
  const auto code = location_of(authorize("one")).one("code").value_or("");
  EXPECT_THAT(get("/realms/one/journal").body, Not(HasSubstr(code)));
  EXPECT_THAT(get("/realms/one/journal?secrets=shown").body, HasSubstr(code));
  expect_problem(get("/realms/one/journal?secrets=yes"), 400, "query");
}

TEST_F(ControlJournal, WaitsForAnExchangeThatIsYetToCome) {
  HttpResponse answer;
  std::jthread waiting([&] {
    answer = post("/realms/one/journal/await",
                  R"({"match": {"grant_type": "authorization_code"}, "since": 1, "limit_ms": 20000})");
  });
  login("one");  // Whether it is there before or while the call waits is all the same.
  waiting.join();
  EXPECT_EQ(body_of(answer).bool_at("seen"), true);
  EXPECT_EQ(body_of(answer).at_pointer("/exchanges/0/number")->as_int(), 2);
  EXPECT_EQ(body_of(answer).int_at("next"), 2);
}

TEST_F(ControlJournal, SaysThatNothingCameAndWhatCameNearest) {
  authorize("one");
  const auto answer = body_of(post("/realms/one/journal/await", R"({"match": {"endpoint": "token"}, "limit_ms": 1})"));
  EXPECT_EQ(answer.bool_at("seen"), false);
  EXPECT_EQ(answer.int_at("next"), 1);
  EXPECT_EQ(answer.at_pointer("/nearest/detail")->as_string()->find("the nearest is exchange 1: endpoint is \"authorize\""), 0u);
  expect_problem(post("/realms/one/journal/await", R"({"limit_ms": 600001})"), 422, "schema", "/limit_ms");
  expect_problem(post("/realms/one/journal/await", R"({"count": 0})"), 422, "schema", "/count");
}

TEST_F(ControlJournal, AnExpectationMayBeMetLater) {
  HttpResponse answer;
  std::jthread waiting([&] {
    answer = post("/realms/one/verify", R"({"within_ms": 20000, "expect": [{"match": {"endpoint": "token"}}]})");
  });
  login("one");
  waiting.join();
  EXPECT_EQ(body_of(answer).bool_at("holds"), true);
}

TEST_F(ControlJournal, TheRealmsEndEndsTheWait) {
  for (const char* body : {R"({"limit_ms": 600000})", R"({"count": 3})"}) {
    create("two");
    HttpResponse answer;
    std::jthread waiting([&] { answer = post("/realms/two/journal/await", body); });
    remove("/realms/two");
    waiting.join();
    // Whoever comes too late finds no realm.
    EXPECT_TRUE(answer.status == 410 || answer.status == 404) << answer.body;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
