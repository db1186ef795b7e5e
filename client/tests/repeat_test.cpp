// What is sent again after a failure, when, and how often: CH-NT-09.
#include <map>

#include <gtest/gtest.h>

#include <internal/repeat.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using internal::Repeat;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

class RepeatTest : public LoginTest {
 protected:
  RepeatTest() { manager_.add_provider("mock", config()); }

  /// Sends until what came in answer is kept. @returns how often it was sent.
  int sends(const HttpOutcome& outcome, Repeat repeat, const ManagerOptions& options = {},
            milliseconds timeout = 5min) {
    const Seams seams{.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                      .random = random_, .waiter = &waiter_};
    const internal::Deadline deadline({}, timeout);
    const std::string provider = "mock";
    int count = 0;
    const auto copy = [&]() -> HttpOutcome {
      ++count;
      if (!outcome.response) return {outcome.sent, fail(outcome.response.error())};
      const auto& response = *outcome.response;
      return {outcome.sent, HttpResponse{.status = response.status, .headers = response.headers}};
    };
    (void)internal::send_patiently(copy, repeat, {seams, options, provider, deadline});
    return count;
  }

  static HttpOutcome failed(Sent sent, const std::string& code, Category category = Category::TryLater) {
    return {sent, fail({.category = category, .code = code})};
  }
  static HttpOutcome asks_to_wait(int status, const std::string& value) {
    return answer(status, "", "text/plain", {{"Retry-After", value}});
  }
};

TEST_F(RepeatTest, OnlyWhatDoesNoHarmIsSentAgain) {
  struct Row {
    const char* what;
    HttpOutcome outcome;
    std::map<Repeat, int> sends;
  };
  const auto row = [](int never, int not_sent, int refused, int lost) {
    return std::map<Repeat, int>{
        {Repeat::Never, never}, {Repeat::NotSent, not_sent}, {Repeat::Refused, refused}, {Repeat::Lost, lost}};
  };
  const Row rows[] = {
      {"not sent", failed(Sent::No, "network.connect"), row(1, 3, 3, 3)},
      {"no way to it", failed(Sent::No, "network.unreachable"), row(1, 1, 1, 1)},
      {"timed out", failed(Sent::No, "network.timeout"), row(1, 1, 1, 1)},
      {"maybe sent", failed(Sent::Maybe, "network.broken"), row(1, 1, 1, 3)},
      {"cut off", failed(Sent::Yes, "network.truncated"), row(1, 1, 1, 3)},
      {"not trusted", failed(Sent::No, "tls.untrusted", Category::AttackSuspected), row(1, 1, 1, 1)},
      {"too many", answer(429, ""), row(1, 1, 3, 3)},
      {"overloaded", answer(503, ""), row(1, 1, 3, 3)},
      {"broken", answer(500, ""), row(1, 1, 2, 3)},
      {"no word from behind a gateway", answer(504, ""), row(1, 1, 2, 3)},
      {"never will", answer(501, ""), row(1, 1, 1, 1)},
      {"refused", answer(400, ""), row(1, 1, 1, 1)},
      {"forbidden", answer(403, ""), row(1, 1, 1, 1)},
      {"good", answer(200, ""), row(1, 1, 1, 1)},
  };
  for (const auto& [what, outcome, expected] : rows) {
    for (const auto& [repeat, count] : expected) {
      EXPECT_EQ(sends(outcome, repeat), count) << what << ", " << static_cast<int>(repeat);
    }
  }
}

TEST_F(RepeatTest, PausesGrowAndAreRandom) {
  sends(answer(503, ""), Repeat::Refused, {.send_attempts = 9});

  const auto pauses = waiter_.pauses();
  ASSERT_EQ(pauses.size(), 8U);
  for (std::size_t i = 0; i < pauses.size(); ++i) {
    EXPECT_LT(pauses[i], std::min(milliseconds(500 << i), milliseconds(20'000))) << i;
  }
  // Seeded: the same in each run.
  EXPECT_EQ(pauses, (std::vector<milliseconds>{454ms, 312ms, 1105ms, 1036ms, 4034ms, 12891ms, 7109ms, 3347ms}));
}

TEST_F(RepeatTest, ThePauseThatTheServerAsksForIsKept) {
  sends(asks_to_wait(503, "7"), Repeat::Refused);
  EXPECT_EQ(waiter_.pauses(), (std::vector<milliseconds>{7s, 7s}));
}

TEST_F(RepeatTest, ALongPauseIsForTheCallerToDecideAbout) {
  EXPECT_EQ(sends(asks_to_wait(429, "21"), Repeat::Refused), 1);
  EXPECT_EQ(sends(asks_to_wait(429, "7"), Repeat::Refused, {}, 6s), 1);  // past the deadline
  EXPECT_TRUE(waiter_.pauses().empty());
}

TEST_F(RepeatTest, ManyAttemptsAreNoTrouble) {
  EXPECT_EQ(sends(answer(503, ""), Repeat::Refused, {.send_attempts = 100}, std::chrono::hours(9)), 100);
  EXPECT_GT(waiter_.pauses().back(), 0ms);
}

TEST_F(RepeatTest, OneAttemptIsOne) { EXPECT_EQ(sends(answer(503, ""), Repeat::Refused, {.send_attempts = 1}), 1); }

TEST_F(RepeatTest, ARefreshOutlivesAShortOutage) {
  store_login();
  expect_discovery();
  expect_token(503, "");
  http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::No); });
  expect_token(200, tokens("access-2"));

  EXPECT_TRUE(manager_.refresh_token("mock"));
  EXPECT_EQ(waiter_.pauses().size(), 2U);
}

TEST_F(RepeatTest, ACodeIsSpentOnce) {
  expect_discovery();
  expect_token(503, "");

  EXPECT_FALSE(manager_.initiate_flow("mock"));
}

TEST_F(RepeatTest, ACodeThatDidNotLeaveIsSentAgain) {
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::No); });
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(RepeatTest, MetadataOutlivesAShortOutage) {
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server", 503, "");
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server",
               [](const auto&) { return broken(Sent::Maybe); });
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

}  // namespace
}  // namespace mimir::oauth::testing
