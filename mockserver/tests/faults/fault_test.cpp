// Fault rules: what they strike, how often, and that nothing else is touched.
#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

FaultRule outage(RuleMatch when = {}, int times = 1) {
  return {"http.status", std::move(when),
          Json::object({{"status", 503}, {"body", "down"}, {"headers", Json::object({{"Retry-After", "2"}})}}), times};
}

TEST(FaultPkceLoseChallenge, RefusesTheVerifierOnceAndThenBehaves) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "pkce.lose_challenge"}));

  expect_error(engine.redeem(engine.code()), 400, "invalid_grant", "had no code_challenge");

  EXPECT_EQ(engine.last().faults, std::vector<std::string>{"pkce.lose_challenge"});
  EXPECT_EQ(engine.realm().faults().front().fired, 1);
  EXPECT_EQ(engine.redeem(engine.code()).status, 200);
  EXPECT_TRUE(engine.last().faults.empty());
}

TEST(FaultPkceAcceptAny, LetsAWrongVerifierThroughAndNothingElse) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "pkce.accept_any", .times = 0}));

  EXPECT_EQ(engine.redeem_but(engine.code(), {{"code_verifier", "wrong"}}).status, 200);
  EXPECT_EQ(engine.redeem_but(engine.code(), {{"code_verifier", ""}}).status, 200);
  expect_error(engine.redeem_but(engine.code(), {{"redirect_uri", "http://127.0.0.1:1/callback"}}), 400,
               "invalid_grant");
  const auto code = engine.code();
  engine.redeem(code);
  expect_error(engine.redeem(code), 400, "invalid_grant", "used before");
}

TEST(FaultHttpStatus, ReplacesTheAnswerAndCommitsNothing) {
  Engine engine;
  const auto code = engine.code();
  ASSERT_TRUE(engine.realm().add_fault(outage({.endpoint = "token"})));

  const auto response = engine.redeem(code);

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "down");
  EXPECT_EQ(response.header("Retry-After"), "2");
  EXPECT_TRUE(engine.last().issued.empty());
  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(FaultHttpStatus, RulesOfOneFaultFollowEachOther) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault(outage({.endpoint = "token"})));
  ASSERT_TRUE(engine.realm().add_fault({.fault = "http.status", .when = {.endpoint = "token"}, .arguments =
                                        Json::object({{"status", 429}})}));
  const auto code = engine.code();

  EXPECT_EQ(engine.redeem(code).status, 503);
  EXPECT_EQ(engine.redeem(code).status, 429);
  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(FaultMatch, ByEndpointGrantAndClient) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault(outage({.endpoint = "token", .grant_type = "refresh_token", .client_id = "app"},
                                              0)));

  const auto tokens = engine.login();
  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 200);
  EXPECT_EQ(engine.refresh("x", {{"client_id", "other"}}).status, 400);
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 503);
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 503);
  engine.realm().clear_faults();
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
}

TEST(FaultMatch, ClientOfABasicHeader) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault(outage({.client_id = "web"})));
  EXPECT_EQ(engine.post("/token", {{"grant_type", "refresh_token"}}, basic("web", "x")).status, 503);
}

TEST(FaultTimes, WhenRequestsRaceExactlyAsManyAreStruck) {
  for (int round = 0; round < 20; ++round) {
    Engine engine;
    ASSERT_TRUE(engine.realm().add_fault(outage({.endpoint = "resource"}, 1)));
    std::atomic<int> struck = 0;

    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 5; ++n) struck += engine.get("/resource").status == 503 ? 1 : 0;
      });
    }
    threads.clear();

    EXPECT_EQ(struck, 1);
    EXPECT_EQ(engine.realm().faults().front().fired, 1);
    EXPECT_EQ(engine.realm().journal().exchanges().size(), 20u);
  }
}

TEST(FaultRules, ThatCannotStrikeAreRefused) {
  struct Bad {
    FaultRule rule;
    const char* code;
    const char* part;
  };
  const Bad bad[] = {
      {{.fault = "pkce.accept_all"}, "fault.unknown", "pkce.accept_any"},
      {{.fault = "http.status"}, "fault.arguments", "needs the argument"},
      {{.fault = "http.status", .arguments = Json::object({{"status", 99}})}, "fault.arguments", "200 to 599"},
      {{.fault = "http.status", .arguments = Json::object({{"status", 503}, {"bdy", "x"}})}, "fault.arguments", "bdy"},
      {{.fault = "http.status", .arguments = Json::object({{"status", 503},
                                                           {"headers", Json::object({{"X", "a\r\nb"}})}})},
                                                               "fault.arguments", "line breaks"},
      {{.fault = "pkce.accept_any", .arguments = Json::object({{"x", 1}})}, "fault.arguments", "no arguments"},
      {{.fault = "pkce.accept_any", .when = {.endpoint = "authorize"}}, "fault.arguments", "strikes only"},
      {{.fault = "pkce.accept_any", .when = {.endpoint = "tokn"}}, "fault.arguments", "token"},
      {{.fault = "pkce.accept_any", .times = -1}, "fault.arguments", "negative"},
  };
  for (const auto& one : bad) {
    Engine engine;
    const auto added = engine.realm().add_fault(one.rule);
    ASSERT_FALSE(added) << one.rule.fault;
    EXPECT_EQ(added.error().code, one.code);
    EXPECT_NE(added.error().message.find(one.part), std::string::npos) << added.error().message;
    EXPECT_TRUE(engine.realm().faults().empty());
  }
}

TEST(FaultList, NamesThemWithTheirPhases) {
  std::vector<std::string> names;
  for (const auto& fault : known_faults()) {
    names.push_back(fault.name);
    EXPECT_FALSE(fault.title.empty());
    ASSERT_FALSE(fault.phases.empty());
    EXPECT_TRUE(std::find(fault.phases.begin(), fault.phases.end(), fault.phase) != fault.phases.end());
    for (const auto& argument : fault.arguments) EXPECT_TRUE(argument.meaning.ends_with('.')) << fault.name;
  }
  for (const char* name : {"http.status", "oauth.refuse", "pkce.accept_any", "pkce.lose_challenge", "hold"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
