// Logins at once, and logins that last longer than they may.
#include "login_fixture.hpp"

#include <thread>

#include <mimir/codec/pkce.hpp>

namespace mimir::oauth::testing {
namespace {

class ConcurrentLogins : public LoginTest {
 protected:
  ConcurrentLogins() { manager_.add_provider("mock", config()); }

  codec::Parameters asked(std::size_t login) {
    return *codec::Parameters::parse(*codec::Url::parse(user_.opened.at(login))->query());
  }
};

TEST_F(ConcurrentLogins, AtTwoProvidersEachGetsWhatIsItsOwn) {  // CH-AZ-15
  auto other = config();
  other.issuer = "https://other.example";
  manager_.add_provider("other", std::move(other));
  bool is_first = true;
  user_.play = [&](const codec::Parameters&) {
    if (std::exchange(is_first, false)) {  // while the first waits, the second begins and ends
      http_.expect("GET", "https://other.example/.well-known/oauth-authorization-server", 200,
                   codec::Json::object({{"issuer", "https://other.example"},
                                        {"authorization_endpoint", "https://other.example/authorize"},
                                        {"token_endpoint", "https://other.example/token"}})
                       .dump());
      http_.expect("POST", "https://other.example/token", 200, tokens("access-other"));
      EXPECT_TRUE(manager_.initiate_flow("other"));
      expect_token(200, tokens("access-mock"));
    }
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();

  const auto result = manager_.initiate_flow("mock");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->access_token.expose(), "access-mock");
  EXPECT_EQ((*manager_.stored("other"))->tokens.access_token.expose(), "access-other");
  ASSERT_EQ(user_.opened.size(), 2U);
  EXPECT_NE(asked(0).one("state"), asked(1).one("state"));
  EXPECT_EQ(user_.listened[0].state.expose(), asked(0).one("state"));
  EXPECT_EQ(user_.listened[1].state.expose(), asked(1).one("state"));
  const auto requests = http_.requests();  // two descriptions, then the tokens of the other, then of this one
  EXPECT_EQ(codec::pkce_s256_challenge(*requests[2].form.one("code_verifier")), asked(1).one("code_challenge"));
  EXPECT_EQ(codec::pkce_s256_challenge(*requests[3].form.one("code_verifier")), asked(0).one("code_challenge"));
}

TEST_F(ConcurrentLogins, ASecondAtTheSameProviderOpensNoSecondBrowser) {  // CH-CB-21
  user_.play = [&](const codec::Parameters&) {
    std::thread second([&] {
      std::stop_source stopped;
      stopped.request_stop();  // it must wait for the first, and so end at once
      const auto joined = manager_.initiate_flow("mock", {.stop = stopped.get_token()});
      ASSERT_FALSE(joined);
      EXPECT_EQ(joined.error().category, Category::Cancelled);
    });
    second.join();
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(user_.opened.size(), 1U);
  EXPECT_EQ(http_.requests().size(), 2U);
}

TEST_F(ConcurrentLogins, ACancelledOneDoesNotEndTheOther) {  // CH-CB-21
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  std::stop_source stopped;
  stopped.request_stop();

  EXPECT_FALSE(manager_.initiate_flow("mock", {.stop = stopped.get_token()}));
  expect_token(200, tokens("access-2"));
  EXPECT_EQ(manager_.initiate_flow("mock")->access_token.expose(), "access-2");
}

TEST_F(ConcurrentLogins, OneThatTheMachineSleptThroughTookTooLong) {  // CH-TM-07
  user_.play = [&](const codec::Parameters&) {
    clock_.advance(std::chrono::hours(8));
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "login.too_long");
  EXPECT_EQ(result.error().category, Category::Cancelled);
  EXPECT_NE(result.error().message.find("took too long"), std::string::npos);
  EXPECT_EQ(http_.requests().size(), 1U);  // the code is not sent
}

TEST_F(ConcurrentLogins, AClockThatIsSetALittleEndsNone) {  // CH-TM-07
  for (const auto step : {std::chrono::minutes(9), std::chrono::minutes(-600)}) {
    user_.play = [&](const codec::Parameters&) {
      clock_.advance(step);
      return Result<CallbackResult>(PlayedUser::consent());
    };
    if (http_.requests().empty()) expect_discovery();
    expect_token(200, tokens());
    EXPECT_TRUE(manager_.initiate_flow("mock"));
  }
}

/// The machine is suspended during the first wait.
class SleepingWaiter final : public Waiter {
 public:
  explicit SleepingWaiter(codec::ManualClock& clock) : clock_(clock) {}
  void wait(std::chrono::milliseconds, std::stop_token) override { clock_.advance(std::chrono::hours(8)); }

 private:
  codec::ManualClock& clock_;
};

class DeviceLoginAsleep : public LoginTest {
 protected:
  DeviceLoginAsleep() {
    manager_on_a_laptop_.add_provider("mock", config());
    auto document = metadata();
    document.set("device_authorization_endpoint", "https://as.example/device");
    expect_discovery(document);
    http_.expect("POST", "https://as.example/device", 200,
                 R"({"device_code":"d","user_code":"U","verification_uri":"https://as.example/d","expires_in":600})");
  }

  SleepingWaiter sleep_{clock_};
  OAuthManager manager_on_a_laptop_{{.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_,
                                     .clock = clock_, .random = random_, .waiter = &sleep_}};
};

TEST_F(DeviceLoginAsleep, AsksOnceMoreAndSaysThatTheCodeHasExpired) {  // CH-DV-09, CH-TM-07
  expect_token(400, R"({"error":"authorization_pending"})");

  const auto result = manager_on_a_laptop_.device_login("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "expired_token");
  EXPECT_EQ(result.error().category, Category::Cancelled);
}

TEST_F(DeviceLoginAsleep, TakesWhatWasGrantedMeanwhile) {  // CH-DV-09
  expect_token(200, tokens());
  EXPECT_TRUE(manager_on_a_laptop_.device_login("mock"));
}

}  // namespace
}  // namespace mimir::oauth::testing
