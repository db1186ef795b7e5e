// One of many callers works, and the others get what it got: CH-RF-01, CH-RF-21.
#include <internal/token_flight.hpp>

#include <fstream>
#include <future>

#include <gtest/gtest.h>
#include <unistd.h>

namespace mimir::oauth::internal {
namespace {

using namespace std::chrono_literals;

Result<OAuthTokens> granted(const std::string& access) {
  return OAuthTokens{.access_token = Secret(access), .token_type = "Bearer"};
}

Result<OAuthTokens> never_asked() {
  ADD_FAILURE() << "somebody else was working";
  return granted("");
}

/// By what the system says of the thread.
void wait_until_asleep(pid_t thread) {
  for (char state = 'R'; state != 'S'; std::this_thread::yield()) {
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string number_and_name;
    std::getline(stat, number_and_name, ')');
    stat >> state;
  }
}

class TokenFlightTest : public ::testing::Test {
 protected:
  /// Runs `meanwhile` while a caller is at work; that one then ends with `result`.
  template <class Meanwhile>
  Result<OAuthTokens> while_one_works(Result<OAuthTokens> result, Meanwhile meanwhile) {
    return flight_.run(Deadline({}, 1min), nullptr, [&] {
      meanwhile();
      return std::move(result);
    });
  }

  /// @returns once it waits for the one at work.
  std::future<Result<OAuthTokens>> one_who_waits(const Secret* not_this, Result<OAuthTokens> own) {
    std::promise<pid_t> thread;
    auto number = thread.get_future();
    auto waiter = std::async(std::launch::async, [this, not_this, own = std::move(own), &thread]() mutable {
      thread.set_value(gettid());
      return flight_.run(Deadline({}, 1min), not_this, [&own] { return std::move(own); });
    });
    wait_until_asleep(number.get());
    return waiter;
  }

  TokenFlight flight_;
};

TEST_F(TokenFlightTest, WhoWaitsGetsWhatTheOneAtWorkGot) {  // CH-RF-01
  std::future<Result<OAuthTokens>> waiter;
  (void)while_one_works(granted("access-1"), [&] { waiter = one_who_waits(nullptr, granted("access-2")); });
  EXPECT_EQ(waiter.get()->access_token.expose(), "access-1");

  (void)while_one_works(fail({.code = "refresh.braked"}), [&] { waiter = one_who_waits(nullptr, granted("access-2")); });
  EXPECT_EQ(waiter.get().error().code, "refresh.braked");
}

TEST_F(TokenFlightTest, ACancelledWaiterLeavesAlone) {  // CH-RF-21
  std::stop_source stop;
  const auto led = while_one_works(granted("access-1"), [&] {
    auto waiter = std::async(std::launch::async, [&] {
      return flight_.run(Deadline({.stop = stop.get_token()}, 1min), nullptr, never_asked);
    });
    stop.request_stop();
    EXPECT_EQ(waiter.wait_for(30s), std::future_status::ready) << "and not at its deadline";
    EXPECT_EQ(waiter.get().error().category, Category::Cancelled);
  });

  EXPECT_EQ(led->access_token.expose(), "access-1");
}

TEST_F(TokenFlightTest, AWaiterEndsAtItsOwnDeadline) {  // CH-RF-21
  const auto led = while_one_works(granted("access-1"), [&] {
    auto waiter = std::async(std::launch::async, [&] { return flight_.run(Deadline({}, 1ms), nullptr, never_asked); });
    EXPECT_EQ(waiter.get().error().code, "deadline.exceeded");
  });

  EXPECT_TRUE(led);
}

TEST_F(TokenFlightTest, WhenTheOneAtWorkIsCancelledAnotherTakesOver) {  // CH-RF-21
  std::future<Result<OAuthTokens>> waiter;
  const auto led = while_one_works(fail({.category = Category::Cancelled, .code = "cancelled"}),
                                   [&] { waiter = one_who_waits(nullptr, granted("access-2")); });

  EXPECT_EQ(led.error().category, Category::Cancelled);
  EXPECT_EQ(waiter.get()->access_token.expose(), "access-2");
}

TEST_F(TokenFlightTest, ARefusedTokenIsNoAnswerToWhoBringsIt) {
  const Secret refused("access-1");
  std::future<Result<OAuthTokens>> waiter;
  (void)while_one_works(granted("access-1"), [&] { waiter = one_who_waits(&refused, granted("access-2")); });

  EXPECT_EQ(waiter.get()->access_token.expose(), "access-2");
}

}  // namespace
}  // namespace mimir::oauth::internal
