// Two programs that want to log in under one name at once.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>

#include "login_fixture.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

using OtherLogin = ManagerOptions::OtherLogin;

class LoginTurns : public LoginTest {
 protected:
  LoginTurns() { manager_.add_provider("mock", config()); }

  /// Another program with the same storage, whose user and events are its own.
  std::unique_ptr<OAuthManager> another(OtherLogin other_login, OAuthConfig wanted = config(),
                                        std::chrono::milliseconds login_timeout = std::chrono::seconds(300)) {
    auto manager = std::make_unique<OAuthManager>(
        Seams{.http = http_, .browser = second_user_, .callbacks = second_user_, .storage = *storage_, .clock = clock_,
              .random = second_random_, .events = [this](const Event& event) {
                if (event.kind == Event::Kind::OtherLogin) waits_.set_value(event.text);
                if (event.kind == Event::Kind::Warning) second_warning_ = event.text;
              }},
        ManagerOptions{.login_timeout = login_timeout, .other_login = other_login});
    manager->add_provider("mock", std::move(wanted));
    return manager;
  }
  /// While the first user is away the other program begins; the first goes on when the other waits.
  void begin_meanwhile(const std::function<Result<OAuthTokens>()>& other, Result<CallbackResult> answer) {
    user_.play = [this, other, answer = std::make_shared<Result<CallbackResult>>(std::move(answer))](const codec::Parameters&) {
      second_ = std::async(std::launch::async, other);
      said_ = waits_.get_future().get();
      return std::move(*answer);
    };
    expect_discovery();
  }
  static Error declined() { return {.category = Category::UserDeclined, .code = "access_denied", .message = "no"}; }

  PlayedUser second_user_;
  codec::SeededRandom second_random_{8};
  std::promise<std::string> waits_;
  std::string said_;
  std::string second_warning_;
  std::future<Result<OAuthTokens>> second_;
};

TEST_F(LoginTurns, TheSecondSaysThatAnotherIsUnderWayAndOpensNothing) {  // CH-CL-15
  const auto other = another(OtherLogin::Refuse);
  user_.play = [&](const codec::Parameters&) {
    for (const auto& result : {other->initiate_flow("mock"), other->device_login("mock"),
                               other->step_up("mock", {.scopes = {"more"}})}) {
      EXPECT_FALSE(result);
      if (result) continue;
      EXPECT_EQ(result.error().code, "login.under_way");
      EXPECT_EQ(result.error().category, Category::TryLater);
      EXPECT_EQ(result.error().message, "Another login of mock is under way, in another window or program.");
    }
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
  EXPECT_TRUE(second_user_.opened.empty());
}

TEST_F(LoginTurns, OneThatWaitsGetsWhatTheFirstGot) {  // CH-CL-15
  const auto other = another(OtherLogin::Wait);
  begin_meanwhile([&] { return other->initiate_flow("mock"); }, PlayedUser::consent());
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  const auto second = second_.get();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->access_token.expose(), "access-1");
  EXPECT_TRUE(second_user_.opened.empty());
  EXPECT_EQ(said_, "Another login of mock is under way, in another window or program.");
}

TEST_F(LoginTurns, ADeviceLoginThatWaitsGetsItToo) {  // CH-CL-15
  const auto other = another(OtherLogin::Wait);
  begin_meanwhile([&] { return other->device_login("mock"); }, PlayedUser::consent());
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  const auto second = second_.get();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->access_token.expose(), "access-1");
}

TEST_F(LoginTurns, AfterOneThatFailedTheNextAsksTheUser) {  // CH-CL-15
  store_login("access-0", "refresh-0", std::chrono::hours(1));  // of before, and no reason not to ask
  const auto other = another(OtherLogin::Wait);
  begin_meanwhile([&] { return other->initiate_flow("mock"); }, fail(declined()));
  expect_discovery();
  expect_token(200, tokens("access-2"));

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "access_denied");

  EXPECT_EQ(second_.get()->access_token.expose(), "access-2");
  EXPECT_EQ(second_user_.opened.size(), 1U);
}

TEST_F(LoginTurns, WhatTheFirstGotMustFit) {
  const auto other = another(OtherLogin::Wait, config({"api", "more"}));
  begin_meanwhile([&] { return other->initiate_flow("mock"); }, PlayedUser::consent());
  expect_token(200, tokens());
  expect_discovery();
  expect_token(200, tokens("access-2"));

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(second_.get()->access_token.expose(), "access-2");
  EXPECT_EQ(second_user_.opened.size(), 1U);
}

TEST_F(LoginTurns, WhatHasExpiredMeanwhileIsNotTaken) {
  const auto other = another(OtherLogin::Wait);
  begin_meanwhile([&] { return other->initiate_flow("mock"); }, PlayedUser::consent());
  expect_token(200, R"({"access_token":"access-1","token_type":"Bearer","expires_in":0})");
  expect_discovery();
  expect_token(200, tokens("access-2"));

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(second_.get()->access_token.expose(), "access-2");
}

TEST_F(LoginTurns, AStepUpAsksForMoreThanTheFirstGot) {
  const auto other = another(OtherLogin::Wait);
  begin_meanwhile([&] { return other->step_up("mock", {.acr_values = {"mfa"}}); }, PlayedUser::consent());
  expect_token(200, tokens());
  expect_discovery();
  expect_token(200, tokens("access-2"));

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(second_.get()->access_token.expose(), "access-2");
}

TEST_F(LoginTurns, ToldToGoOnItDoesAndWarns) {  // CH-CL-15
  const auto other = another(OtherLogin::GoOn);
  user_.play = [&](const codec::Parameters&) {
    expect_discovery();
    expect_token(200, tokens("access-2"));
    EXPECT_TRUE(other->initiate_flow("mock"));
    expect_token(200, tokens("access-1"));
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(second_user_.opened.size(), 1U);
  EXPECT_EQ(second_warning_, "another login of mock is under way; the one that ends last is kept");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-1");
}

TEST_F(LoginTurns, TheWaitEndsWithTheTimeForALoginOrWhenStopped) {
  const auto impatient = another(OtherLogin::Wait, config(), std::chrono::milliseconds(1));
  user_.play = [&](const codec::Parameters&) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(impatient->initiate_flow("mock").error().code, "login.under_way");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
    waits_ = {};
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(impatient->initiate_flow("mock", {.stop = stopped.get_token()}).error().category, Category::Cancelled);
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(LoginTurns, AnotherNameIsNotWaitedFor) {
  const auto other = another(OtherLogin::Refuse);
  other->add_provider("private", config());
  user_.play = [&](const codec::Parameters&) {
    expect_discovery();
    expect_token(200, tokens("access-2"));
    EXPECT_TRUE(other->initiate_flow("private"));
    expect_token(200, tokens());
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(LoginTurns, OneThatWasKilledBlocksNobody) {  // CH-CL-15: the kernel frees the lock
  const TemporaryFolder temporary;
  write_file(temporary / "machine-id", "0123456789abcdef0123456789abcdef\n");
  SystemRandom random;
  storage_ = make_encrypted_file_storage({temporary / "logins", temporary / "machine-id"}, random);
  second_user_.play = [&](const codec::Parameters&) {
    // Also there nobody else has the turn while this one has it.
    if (another(OtherLogin::Refuse)->initiate_flow("mock").error().code == "login.under_way") ::kill(::getpid(), SIGKILL);
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();
  const pid_t child = ::fork();
  if (child == 0) {
    (void)another(OtherLogin::Refuse)->initiate_flow("mock");
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

  second_user_.play = [](const codec::Parameters&) { return Result<CallbackResult>(PlayedUser::consent()); };
  expect_token(200, tokens());
  EXPECT_TRUE(another(OtherLogin::Refuse)->initiate_flow("mock"));
}

}  // namespace
}  // namespace mimir::oauth::testing
