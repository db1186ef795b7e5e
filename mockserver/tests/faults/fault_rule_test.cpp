// The grammar of a rule: what it strikes, in which order, how often, and what is said of a bad one.
#include <gmock/gmock.h>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json rule_text(const char* text) {
  auto json = Json::parse(text);
  if (!json) ADD_FAILURE() << json.error().message << " in " << text;
  return json.value_or(Json());
}

void add(Engine& engine, const char* text) {
  const auto rule = parse_fault_rule(rule_text(text));
  ASSERT_TRUE(rule) << rule.error().pointer << ": " << rule.error().message;
  ASSERT_TRUE(engine.realm().add_fault(*rule));
}

std::vector<int> statuses(Engine& engine, int count, const Headers& headers = {}) {
  std::vector<int> all;
  for (int i = 0; i < count; ++i) all.push_back(engine.get("/resource", headers).status);
  return all;
}

TEST(FaultRuleJson, TellsWhatIsWrongAndWhere) {
  struct Bad {
    const char* text;
    const char* pointer;
    const char* part;
  };
  const Bad bad[] = {
      {R"(7)", "", "not an object"},
      {R"({})", "", "neither a `fault` nor"},
      {R"({"fault":"http.status","arguments":{"status":503},"tims":2})", "/tims", "times"},
      {R"({"fault":"http.sttus"})", "/fault", "http.status"},
      {R"({"fault":"http.status"})", "/arguments", "needs the argument `status`"},
      {R"({"fault":"http.status","arguments":{"status":99}})", "/arguments/status", "200 to 599"},
      {R"({"fault":"http.status","arguments":{"status":503,"headers":{"X":"a\nb"}}})", "/arguments/headers/X",
       "line breaks"},
      {R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"tokn"}})", "/when/endpoint", "token"},
      {R"({"fault":"http.status","arguments":{"status":503},"when":{"param":{"a":{"like":"x"}}}})", "/when/param/a",
       "matches"},
      {R"({"fault":"http.status","arguments":{"status":503},"when":{"param":{"a/b":7}}})", "/when/param/a~1b", "text"},
      {R"({"fault":"http.status","arguments":{"status":503},"when":{"nth":0}})", "/when/nth", "from 1"},
      {R"({"fault":"http.status","arguments":{"status":503},"phase":"midway"})", "/phase", "before_validation"},
      {R"({"fault":"pkce.accept_any","phase":"before_send"})", "/phase", "only at before_validation"},
      {R"({"fault":"pkce.accept_any","when":{"grant_type":"refresh_token"}})", "/when", "strikes only"},
      {R"({"fault":"http.status","arguments":{"status":503},"times":-1})", "/times", "0 means always"},
      {R"({"fault":"http.status","arguments":{"status":503},"times":1e30})", "/times", "not a number"},
      {R"({"fault":"http.status","arguments":{"status":503},"probability":1.5})", "/probability", "above 0"},
      {R"({"fault":"http.status","arguments":{"status":503},"afterwards":"explode"})", "/afterwards", "behave"},
      {R"({"fault":"http.status","arguments":{"status":503},"times":0,"afterwards":"fail"})", "/afterwards", "for ever"},
      {R"({"then":[]})", "/then", "1 to 1000"},
      {R"({"then":[{"fault":"behave"},{"fault":"behave","times":0}]})", "/then/1/times", "from 1"},
      {R"({"then":[{"fault":"behave"},{"fault":"http.status","arguments":{"status":1}}]})", "/then/1/arguments/status",
       "200 to 599"},
      {R"({"then":{"fault":"http.status","arguments":{"x":1}}})", "/then/arguments/x", "known are `status`"},
      {R"({"fault":"behave","then":[{"fault":"behave"}]})", "", "both"},
      {R"({"phase":"before_send","then":[{"fault":"behave"}]})", "/phase", "each action"},
  };
  for (const auto& one : bad) {
    const auto rule = parse_fault_rule(rule_text(one.text));
    ASSERT_FALSE(rule) << one.text;
    EXPECT_EQ(rule.error().pointer, one.pointer) << one.text << ": " << rule.error().message;
    EXPECT_THAT(rule.error().message, HasSubstr(one.part)) << one.text;
  }
}

TEST(FaultRuleJson, IsWrittenAsItIsRead) {
  const char* texts[] = {
      R"({"fault":"http.status","arguments":{"status":503},"phase":"after_commit","name":"lost",)"
      R"("when":{"endpoint":"token","grant_type":"refresh_token","client_id":"app","user":"ada","flow":"g1",)"
      R"("method":"POST","param":{"a":"b","c":{"matches":"x*"},"d":{"present":true},"e":{"absent":true}},)"
      R"("header":{"User-Agent":{"matches":"curl/*"}},"nth":[2,4]},"times":3,"after":1,"probability":0.5})",
      R"({"then":[{"fault":"behave","times":2},{"fault":"hold","arguments":{"latch":"x"}}],"afterwards":"fail"})",
  };
  for (const char* text : texts) {
    const auto rule = parse_fault_rule(rule_text(text));
    ASSERT_TRUE(rule) << rule.error().message;
    EXPECT_EQ(fault_rule_to_json(*rule).dump(), rule_text(text).dump());
  }
}

TEST(FaultRule, GoesThroughItsActionsAndThenBehaves) {
  Engine engine;
  add(engine, R"({"when":{"endpoint":"resource"},"then":[{"fault":"http.status","arguments":{"status":503},"times":2},
                  {"fault":"behave"},{"fault":"http.status","arguments":{"status":429}}]})");

  EXPECT_THAT(statuses(engine, 6), ElementsAre(503, 503, 401, 429, 401, 401));
  EXPECT_TRUE(engine.realm().faults().front().is_over);
  EXPECT_TRUE(engine.realm().report().is_clean());
}

TEST(FaultRule, RepeatsItsActions) {
  Engine engine;
  add(engine, R"({"when":{"endpoint":"resource"},"then":[{"fault":"http.status","arguments":{"status":503}},
                  {"fault":"behave"}],"afterwards":"repeat"})");
  EXPECT_THAT(statuses(engine, 5), ElementsAre(503, 401, 503, 401, 503));
}

TEST(FaultRule, GoesThroughAllItsActionsAsOftenAsItSays) {
  Engine engine;
  add(engine, R"({"when":{"endpoint":"resource"},"then":[{"fault":"http.status","arguments":{"status":503}},
                  {"fault":"behave"}],"times":2})");
  EXPECT_THAT(statuses(engine, 5), ElementsAre(503, 401, 503, 401, 401));
}

TEST(FaultRule, CountsRequestsThatCameAfterTheLastOne) {
  Engine engine;
  add(engine, R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"resource"},"afterwards":"fail"})");

  EXPECT_THAT(statuses(engine, 3), ElementsAre(503, 401, 401));

  const auto report = engine.realm().report();
  ASSERT_EQ(report.unexpected.size(), 1u);
  EXPECT_EQ(report.unexpected.front().unexpected, 2u);
  EXPECT_TRUE(report.unused.empty());
}

TEST(FaultRule, LetsTheFirstOnesPassAndPicksByNumber) {
  Engine engine;
  add(engine, R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"resource"},"after":2})");
  add(engine, R"({"fault":"http.status","arguments":{"status":429},"when":{"endpoint":"resource","nth":[1,5]},"times":0})");
  EXPECT_THAT(statuses(engine, 6), ElementsAre(429, 401, 503, 401, 429, 401));
}

TEST(FaultRule, LooksAtMethodHeadersAndParameters) {
  const char* rules[] = {
      R"({"fault":"http.status","arguments":{"status":418},"when":{"method":"GET"}})",
      R"({"fault":"http.status","arguments":{"status":418},"when":{"header":{"x-case":"7"}}})",
      R"({"fault":"http.status","arguments":{"status":418},"when":{"header":{"X-Case":{"matches":"?"}}}})",
      R"({"fault":"http.status","arguments":{"status":418},"when":{"param":{"scope":{"matches":"api.*d*"}}}})",
      R"({"fault":"http.status","arguments":{"status":418},"when":{"param":{"scope":"api.read"}}})",
      R"({"fault":"http.status","arguments":{"status":418},"when":{"param":{"scope":{"present":true},"state":{"absent":true}}}})",
  };
  for (const char* text : rules) {
    Engine engine;
    add(engine, text);
    EXPECT_NE(engine.post("/token", {{"scope", "openid"}, {"state", "1"}}, {{"X-Case", "42"}}).status, 418) << text;
    EXPECT_EQ(engine.get("/resource?scope=api.read", {{"X-Case", "7"}}).status, 418) << text;
  }
}

TEST(FaultRule, LooksAtTheUserAndTheLoginOfAToken) {
  Engine engine;
  const auto ada = engine.login();
  engine.realm().choose_user("bob");
  const auto bob = engine.login();
  add(engine, R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"token","user":"bob"}})");
  add(engine, R"({"fault":"http.status","arguments":{"status":429},"when":{"endpoint":"resource","flow":"g1"}})");

  EXPECT_EQ(engine.refresh(text_at(ada, kRefresh)).status, 200);
  EXPECT_EQ(engine.refresh(text_at(bob, kRefresh)).status, 503);
  EXPECT_EQ(engine.use(text_at(bob, "access_token")).status, 200);
  EXPECT_EQ(engine.use(text_at(ada, "access_token")).status, 429);
}

TEST(FaultRule, AfterCommitTheAnswerIsLostAndTheTokenIsSpent) {
  Engine engine(plain_but({{"refresh.rotation", "always"}}));
  const auto token = text_at(engine.login(), kRefresh);
  add(engine, R"({"fault":"http.status","arguments":{"status":502},"phase":"after_commit","when":{"grant_type":"refresh_token"}})");

  EXPECT_EQ(engine.refresh("unknown").status, 400) << "nothing was committed, so the rule waits";
  EXPECT_EQ(engine.refresh(token).status, 502);
  EXPECT_FALSE(engine.last().issued.empty());
  expect_error(engine.refresh(token), 400, "invalid_grant", "used before");
}

TEST(FaultRule, OfDifferentPhasesFollowEachOtherOverRequests) {
  Engine engine(plain_but({{"refresh.rotation", "always"}}));
  const auto token = text_at(engine.login(), kRefresh);
  add(engine, R"({"when":{"endpoint":"token"},"then":[{"fault":"http.status","arguments":{"status":503}},
                  {"fault":"http.status","arguments":{"status":502},"phase":"after_commit"}]})");

  EXPECT_EQ(engine.refresh(token).status, 503);
  EXPECT_EQ(engine.refresh(token).status, 502);
  EXPECT_EQ(engine.refresh(token).status, 400);
}

TEST(FaultRule, ProbabilityIsTheSameForTheSameSeed) {
  const auto run = [](std::uint64_t seed) {
    Engine engine(Profile::plain(), seed);
    add(engine, R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"resource"},"times":0,"probability":0.3})");
    return statuses(engine, 400);
  };
  const auto first = run(7);
  EXPECT_EQ(first, run(7));
  EXPECT_NE(first, run(8));
  EXPECT_NEAR(static_cast<double>(std::count(first.begin(), first.end(), 503)), 120, 40);
}

TEST(FaultRule, IsTakenAwayByItsNumber) {
  Engine engine;
  add(engine, R"({"fault":"http.status","arguments":{"status":503},"when":{"endpoint":"resource"},"times":0})");
  const auto id = engine.realm().faults().front().id;

  EXPECT_THAT(statuses(engine, 1), ElementsAre(503));
  const auto state = engine.realm().remove_fault(id);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->fired, 1);
  EXPECT_THAT(statuses(engine, 1), ElementsAre(401));
  EXPECT_FALSE(engine.realm().remove_fault(id));
  EXPECT_EQ(fault_state_to_json(*state).int_at("fired"), 1);
}

TEST(FaultRule, ThatNeverStruckIsReported) {
  Engine engine;
  add(engine, R"({"name":"outage","fault":"http.status","arguments":{"status":503},"when":{"client_id":"nobody"}})");
  add(engine, R"({"then":[{"fault":"behave"},{"fault":"behave"}],"when":{"endpoint":"resource"}})");
  statuses(engine, 1);

  const auto report = engine.realm().end();
  ASSERT_EQ(report.unused.size(), 1u);
  EXPECT_EQ(report.unused.front().rule.name, "outage");
  ASSERT_EQ(report.unfinished.size(), 1u);
}

TEST(FaultRule, OfOneRealmNeverHitsAnother) {
  mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server(clock, "http://127.0.0.1:1");
  const auto one = *server.create_realm({.name = "one"});
  const auto two = *server.create_realm({.name = "two"});
  const auto rule = parse_fault_rule(rule_text(R"({"fault":"http.status","arguments":{"status":503},"times":0})"));
  ASSERT_TRUE(rule);
  ASSERT_TRUE(one->add_fault(*rule));

  EXPECT_EQ(server.handle({.method = "GET", .target = "/r/one/jwks"}).status, 503);
  EXPECT_NE(server.handle({.method = "GET", .target = "/r/two/jwks"}).status, 503);
  EXPECT_TRUE(two->faults().empty());
}

// What does not fit is not looked at: the count of rules that match nothing may not show in a request. Measured in work
// done, not in time: the rules that were looked at are those whose drawer is opened.
TEST(FaultRule, AmongAThousandOthersIsFoundAndCounted) {
  Engine engine;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(engine.realm().add_fault({.fault = "http.status", .when = {.endpoint = "token", .client_id = "c" +
                                          std::to_string(i)}, .arguments = Json::object({{"status", 503}})}));
  }
  EXPECT_EQ(engine.refresh("x", {{"client_id", "c500"}}).status, 503);
  EXPECT_EQ(engine.refresh("x", {{"client_id", "c500"}}).status, 401);
  EXPECT_EQ(engine.refresh("x").status, 400);
  std::size_t fired = 0;
  for (const auto& state : engine.realm().faults()) fired += static_cast<std::size_t>(state.fired);
  EXPECT_EQ(fired, 1u);
}

}  // namespace
}  // namespace mockoauth::server::testing
