// Latches: calls wait, are counted, and go in the order that a test chooses.
#include <thread>

#include <gmock/gmock.h>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;

constexpr auto kSoon = 20s;  ///< Never waited for in full: the limit of what should happen at once.

FaultRule held_at(std::string latch, RuleMatch when, int times = 1) {
  return {.fault = "hold", .when = std::move(when), .arguments = Json::object({{"latch", Json(std::move(latch))}}), .times = times};
}

// Two refreshes of one rotating token that are both on their way; the one numbered `first` is let through first.
std::vector<HttpResponse> race(Engine& engine, std::uint64_t first) {
  const auto token = text_at(engine.login(), kRefresh);
  EXPECT_TRUE(engine.realm().add_fault(held_at("both", {.endpoint = "token", .grant_type = "refresh_token"}, 2)));
  auto& latches = engine.realm().latches();
  std::vector<HttpResponse> answers(2);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      answers[i] = engine.post("/token", {{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", token}},
                               {{"X-Caller", std::to_string(i)}});
    });
    EXPECT_TRUE(latches.await("both", i + 1, kSoon));  // So that the first one to arrive is number 1.
  }
  EXPECT_EQ(latches.release("both", {first, 3 - first}).value_or(0), 2u);
  threads.clear();
  return answers;
}

TEST(Latch, OfTwoRefreshesTheOneThatIsLetGoFirstWins) {
  for (const std::uint64_t first : {1u, 2u}) {
    Engine engine(plain_but({{"refresh.rotation", "always"}}));
    const auto answers = race(engine, first);
    EXPECT_EQ(answers[first - 1].status, 200);
    expect_error(answers[2 - first], 400, "invalid_grant", "used before");
    EXPECT_TRUE(engine.realm().report().is_clean());
  }
}

std::string transcript(std::uint64_t first) {
  static const auto profile = plain_but({{"refresh.rotation", "always"}});  // Parsed once, and not a thousand times.
  Engine engine(profile, 11);
  race(engine, first);
  std::string text;
  for (const auto& exchange : engine.realm().journal().exchanges()) text += exchange_to_json(exchange, false).dump() + "\n";
  return text;
}

TEST(Latch, TheSameScriptRunAThousandTimesGivesOneTranscript) {
  const auto first = transcript(2);
  EXPECT_THAT(first, HasSubstr("used before"));
  EXPECT_TRUE(first != transcript(1)) << "the order does not show";
  for (int run = 1; run < 1000; ++run) ASSERT_TRUE(transcript(2) == first) << "run " << run;
}

TEST(Latch, AfterCommitTheOtherOneIsRefusedBeforeTheFirstHasItsAnswer) {
  Engine engine(plain_but({{"refresh.rotation", "always"}}));
  const auto token = text_at(engine.login(), kRefresh);
  auto rule = held_at("spent", {.grant_type = "refresh_token"});
  rule.phase = "after_commit";
  ASSERT_TRUE(engine.realm().add_fault(std::move(rule)));
  HttpResponse slow;
  std::jthread caller([&] { slow = engine.refresh(token); });
  ASSERT_TRUE(engine.realm().latches().await("spent", 1, kSoon));

  expect_error(engine.refresh(token), 400, "invalid_grant", "used before");

  ASSERT_EQ(engine.realm().latches().release("spent").value_or(0), 1u);
  caller.join();
  EXPECT_EQ(slow.status, 200);
}

TEST(Latch, TellsWhoIsParkedAndRefusesToReleaseOthers) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault(held_at("x", {.endpoint = "token"})));
  std::jthread caller([&] { engine.refresh("unknown"); });
  auto& latches = engine.realm().latches();
  ASSERT_TRUE(latches.await("x", 1, kSoon));

  const auto states = latches.states();
  ASSERT_EQ(states.size(), 1u);
  ASSERT_EQ(states.front().parked.size(), 1u);
  EXPECT_EQ(states.front().parked.front().endpoint, "token");
  EXPECT_EQ(states.front().parked.front().client_id, "app");
  EXPECT_FALSE(latches.await("x", 2, 1ms));
  for (const std::vector<std::uint64_t>& wrong : {std::vector<std::uint64_t>{2}, {1, 1}, {1, 7}, {0}}) {
    const auto released = latches.release("x", wrong);
    ASSERT_FALSE(released);
    EXPECT_EQ(released.error().code, "latch.call");
  }
  EXPECT_EQ(latches.release("x", {1}).value_or(0), 1u);
}

TEST(Latch, LetsGoByItselfWhenTheRealTimeIsOver) {
  Engine engine;
  auto rule = held_at("x", {.endpoint = "token"});
  rule.arguments.set("limit_ms", 1);
  ASSERT_TRUE(engine.realm().add_fault(std::move(rule)));

  expect_error(engine.refresh("unknown"), 400, "invalid_grant");

  const auto report = engine.realm().report();
  ASSERT_EQ(report.forgotten.size(), 1u);
  EXPECT_EQ(report.forgotten.front().name, "x");
  EXPECT_EQ(report.forgotten.front().forgotten, 1u);
}

TEST(Latch, LetsGoByItselfWhenTheVirtualTimeIsOver) {
  Engine engine;
  auto rule = held_at("x", {.endpoint = "token"});
  rule.arguments.set("virtual_limit_s", 3600);
  ASSERT_TRUE(engine.realm().add_fault(std::move(rule)));
  HttpResponse answer;
  std::jthread caller([&] { answer = engine.refresh("unknown"); });
  ASSERT_TRUE(engine.realm().latches().await("x", 1, kSoon));

  engine.advance(1h);
  caller.join();

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(engine.realm().report().forgotten.size(), 1u);
}

TEST(Latch, OfADroppedRealmLetsGo) {
  mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server(clock, "http://127.0.0.1:1");
  auto realm = *server.create_realm({.name = "one"});
  ASSERT_TRUE(realm->add_fault(held_at("x", {})));
  HttpResponse answer;
  std::jthread caller([&] { answer = server.handle({.method = "GET", .target = "/r/one/jwks"}); });
  ASSERT_TRUE(realm->latches().await("x", 1, kSoon));

  EXPECT_TRUE(server.drop_realm("one"));
  caller.join();

  EXPECT_EQ(realm->report().forgotten.size(), 1u);
  EXPECT_EQ(realm->handle({.method = "GET", .target = "/resource"}).status, 401) << "nothing is held any more";
}

TEST(Latch, ManyThreadsAreHeldAndLetGo) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault(held_at("x", {.endpoint = "resource"}, 0)));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) threads.emplace_back([&] { engine.get("/resource"); });
  auto& latches = engine.realm().latches();
  ASSERT_TRUE(latches.await("x", 16, kSoon));

  std::vector<std::uint64_t> order;
  for (std::uint64_t n = 16; n > 0; --n) order.push_back(n);
  EXPECT_EQ(latches.release("x", order).value_or(0), 16u);
  threads.clear();

  EXPECT_EQ(engine.realm().journal().exchanges().size(), 16u);
  EXPECT_TRUE(latches.states().front().parked.empty());
}

}  // namespace
}  // namespace mockoauth::server::testing
