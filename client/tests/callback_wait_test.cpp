// What is said while a browser login waits for its user.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using namespace std::chrono_literals;

/// Nobody comes back before `comes_after`; each wait passes on the clock.
class SlowUser final : public CallbackReceiverFactory {
 public:
  explicit SlowUser(codec::ManualClock& clock) : clock_(clock) {}
  std::unique_ptr<CallbackReceiver> create() override { return std::make_unique<Receiver>(*this); }

  std::chrono::milliseconds comes_after{0};
  std::vector<std::chrono::milliseconds> waits = {};
  CallbackProgress progress = {};

 private:
  class Receiver final : public CallbackReceiver {
   public:
    explicit Receiver(SlowUser& user) : user_(user) {}
    Result<std::string> listen(const CallbackOptions&) override { return std::string("http://127.0.0.1:49152/callback"); }
    Result<CallbackResult> wait(std::chrono::milliseconds timeout, std::stop_token) override {
      user_.waits.push_back(timeout);
      user_.clock_.advance(timeout);
      user_.comes_after -= timeout;
      if (user_.comes_after <= 0ms) return PlayedUser::consent();
      return fail({.category = Category::Cancelled, .code = "callback.timeout", .message = "too late"});
    }
    CallbackProgress progress() const override { return user_.progress; }
    void finish(PageOutcome) override {}

   private:
    SlowUser& user_;
  };

  codec::ManualClock& clock_;
};

class CallbackWait : public LoginTest {
 protected:
  Result<OAuthTokens> log_in(std::chrono::milliseconds comes_after, std::chrono::milliseconds login_timeout) {
    slow_.comes_after = comes_after;
    OAuthManager manager({.http = http_, .browser = user_, .callbacks = slow_, .storage = *storage_, .clock = clock_,
                          .random = random_,
                          .events = [this](const Event& event) {
                            if (event.wait) waits_.push_back(event);
                          }},
                         {.login_timeout = login_timeout});
    manager.add_provider("mock", config());
    expect_discovery();
    if (grants_) expect_token(200, tokens());
    return manager.initiate_flow("mock");
  }
  std::vector<std::chrono::seconds> left() const {
    std::vector<std::chrono::seconds> times;
    for (const auto& event : waits_) times.push_back(event.wait->left);
    return times;
  }

  bool grants_ = false;
  SlowUser slow_{clock_};
  std::vector<Event> waits_;
};

TEST_F(CallbackWait, SaysWhereAndHowLongAtOnceAndEvery30Seconds) {  // CH-CL-13
  slow_.progress = {.refused_requests = 3, .saw_tls = true};
  grants_ = true;

  ASSERT_TRUE(log_in(70s, 100s));

  EXPECT_EQ(left(), (std::vector<std::chrono::seconds>{100s, 70s, 40s}));
  EXPECT_EQ(waits_[0].kind, Event::Kind::Waiting);
  EXPECT_EQ(waits_[1].kind, Event::Kind::StillWaiting);
  for (const auto& event : waits_) {
    EXPECT_EQ(event.wait->host, "as.example");
    EXPECT_EQ(event.wait->redirect_uri, "http://127.0.0.1:49152/callback");
    EXPECT_EQ(event.wait->progress, slow_.progress);
  }
}

TEST_F(CallbackWait, TheWholeWaitIsNoLongerThanTheTimeForALogin) {
  const auto result = log_in(1h, 75s);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "callback.timeout");
  EXPECT_EQ(slow_.waits, (std::vector<std::chrono::milliseconds>{30s, 30s, 15s}));
  EXPECT_EQ(waits_.size(), 3U);
}

TEST_F(CallbackWait, AnyOtherEndIsTheEnd) {
  user_.play = [](const codec::Parameters&) {
    return Result<CallbackResult>(fail({.category = Category::Cancelled, .code = "cancelled", .message = "stop"}));
  };
  manager_.add_provider("mock", config());
  expect_discovery();

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "cancelled");
  EXPECT_TRUE(texts(Event::Kind::StillWaiting).empty());
}

}  // namespace
}  // namespace mimir::oauth::testing
