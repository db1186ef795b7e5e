// One login, three ways to come back: the browser on this machine, its address pasted, another device (RFC 8628). Each
// wins once, and the others end.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <thread>

#include <mimir/oauth/pasted_callback.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

/// Things that one thread hands to another, which waits for them or for its stop.
template <class T>
class Handover {
 public:
  void give(T thing) {
    const std::lock_guard lock(mutex_);
    things_.push_back(std::move(thing));
    changed_.notify_all();
  }
  std::optional<T> take(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, std::move(stop), [this] { return !things_.empty(); })) return std::nullopt;
    auto thing = std::move(things_.front());
    things_.pop_front();
    return thing;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<T> things_;
};

/// A pause between polls is over when the test says so.
class PollOnCue final : public Waiter {
 public:
  void wait(std::chrono::milliseconds, std::stop_token stop) override { (void)cues.take(std::move(stop)); }
  Handover<bool> cues;
};

class PastedLines final : public PasteSource {
 public:
  std::optional<Secret> read_line(std::stop_token stop) override {
    auto line = lines.take(std::move(stop));
    if (!line) return std::nullopt;
    return Secret(*line);
  }
  Handover<std::string> lines;
};

/// The listener, as far as a login sees it.
class CallbacksOnCue final : public CallbackReceiverFactory {
 public:
  std::unique_ptr<CallbackReceiver> create() override { return std::make_unique<Receiver>(*this); }
  Handover<CallbackResult> results;
  std::vector<PageOutcome> pages;

 private:
  class Receiver final : public CallbackReceiver {
   public:
    explicit Receiver(CallbacksOnCue& cues) : cues_(cues) {}
    Result<std::string> listen(const CallbackOptions&) override { return std::string("http://127.0.0.1:49152/callback"); }
    Result<CallbackResult> wait(std::chrono::milliseconds, std::stop_token stop) override {
      if (auto result = cues_.results.take(std::move(stop))) return *std::move(result);
      return fail({.category = Category::Cancelled, .code = "cancelled", .message = "Cancelled."});
    }
    void finish(PageOutcome outcome) override { cues_.pages.push_back(outcome); }

   private:
    CallbacksOnCue& cues_;
  };
};

class DeviceRace : public LoginTest {
 protected:
  DeviceRace() { manager_of_race_.add_provider("mock", config()); }

  void expect_offer(int status = 200) {
    auto document = metadata();
    document.set("device_authorization_endpoint", "https://as.example/device");
    expect_discovery(document);
    http_.expect("POST", "https://as.example/device", status,
                 R"({"device_code":"the-device-code","user_code":"WDJB-MJHT","expires_in":900,"interval":5,)"
                 R"("verification_uri":"https://as.example/activate"})");
  }
  /// The URL is shown last: from then on the user acts.
  void when_shown(std::function<void(const std::string& url)> act) { act_ = std::move(act); }
  static std::string state_of(const std::string& url) {
    return *codec::Parameters::parse(*codec::Url::parse(url)->query())->one("state");
  }
  void expect_logged_in(const std::string& way) {
    const auto tokens = manager_of_race_.initiate_flow("mock");
    ASSERT_TRUE(tokens) << tokens.error().message;
    EXPECT_TRUE(stored_tokens().access_token.equals(Secret("access-1")));
    EXPECT_EQ(texts(Event::Kind::CameBack), std::vector<std::string>{way});
    EXPECT_EQ(texts(Event::Kind::DeviceCode), std::vector<std::string>{"WDJB-MJHT"});
    EXPECT_EQ(callbacks_.pages, std::vector<PageOutcome>{PageOutcome::Success});
  }
  bool was_warned() {
    const std::lock_guard lock(events_mutex_);
    return std::ranges::any_of(events_, [](const auto& event) { return event.kind == Event::Kind::Warning; });
  }
  [[nodiscard]] std::string grant_type() { return http_.requests().back().form.one("grant_type").value_or(""); }

  CallbacksOnCue callbacks_;
  PastedLines pastes_;
  PollOnCue polls_;
  std::function<void(const std::string&)> act_;
  std::unique_ptr<CallbackReceiverFactory> race_ = make_racing_callback_factory(callbacks_, pastes_);
  OAuthManager manager_of_race_{{.http = http_,
                                 .browser = user_,
                                 .callbacks = *race_,
                                 .storage = *storage_,
                                 .clock = clock_,
                                 .random = random_,
                                 .events =
                                     [this](const Event& event) {
                                       {
                                         const std::lock_guard lock(events_mutex_);
                                         events_.push_back(event);
                                       }
                                       if (event.kind == Event::Kind::AuthorizationUrl && act_) act_(event.text);
                                     },
                                 .waiter = &polls_},
                                {.device_beside_browser = true}};
};

TEST_F(DeviceRace, TheBrowserWins) {
  expect_offer();
  expect_token(200, tokens());
  when_shown([&](const auto&) { callbacks_.results.give(PlayedUser::consent()); });
  expect_logged_in("browser");
  EXPECT_EQ(grant_type(), "authorization_code");
}

TEST_F(DeviceRace, ThePasteWins) {
  expect_offer();
  expect_token(200, tokens());
  when_shown([&](const std::string& url) {
    pastes_.lines.give("the-code#of-another-login");
    pastes_.lines.give("the-code#" + state_of(url));
  });
  expect_logged_in("paste");
  EXPECT_EQ(grant_type(), "authorization_code");
  EXPECT_EQ(http_.requests().back().form.one("code"), "the-code");
}

TEST_F(DeviceRace, TheDeviceWins) {
  expect_offer();
  expect_token(400, R"({"error":"authorization_pending"})");
  expect_token(200, tokens());
  when_shown([&](const auto&) {
    polls_.cues.give(true);
    polls_.cues.give(true);
  });
  expect_logged_in("device");
  EXPECT_EQ(grant_type(), "urn:ietf:params:oauth:grant-type:device_code");
  EXPECT_EQ(http_.requests().back().form.one("device_code"), "the-device-code");
}

TEST_F(DeviceRace, ANoOnTheDeviceLeavesTheBrowser) {
  expect_offer();
  expect_token(400, R"({"error":"access_denied"})");
  expect_token(200, tokens());
  std::thread rest;
  when_shown([&](const auto&) {
    polls_.cues.give(true);
    rest = std::thread([&] {
      while (!was_warned()) std::this_thread::yield();
      callbacks_.results.give(PlayedUser::consent());
    });
  });
  expect_logged_in("browser");
  rest.join();
  EXPECT_EQ(texts(Event::Kind::Warning),
            std::vector<std::string>{"the login on another device has ended: The login to mock was declined."});
}

TEST_F(DeviceRace, WithoutACodeTheBrowserIsThere) {
  expect_offer(501);
  expect_token(200, tokens());
  when_shown([&](const auto&) { callbacks_.results.give(PlayedUser::consent()); });
  const auto tokens = manager_of_race_.initiate_flow("mock");
  ASSERT_TRUE(tokens) << tokens.error().message;
  ASSERT_EQ(texts(Event::Kind::Warning).size(), 1U);
  EXPECT_TRUE(texts(Event::Kind::Warning)[0].starts_with("no login on another device: "));
}

TEST_F(DeviceRace, ANoInTheBrowserEndsTheDeviceToo) {
  expect_offer();
  when_shown([&](const auto&) { callbacks_.results.give({.error = "access_denied"}); });
  const auto tokens = manager_of_race_.initiate_flow("mock");
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().category, Category::UserDeclined);
  EXPECT_FALSE(*storage_->load("mock"));
}

TEST_F(DeviceRace, AStopEndsAll) {
  expect_offer();
  std::stop_source stop;
  when_shown([&](const auto&) { stop.request_stop(); });
  const auto tokens = manager_of_race_.initiate_flow("mock", {.stop = stop.get_token()});
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().category, Category::Cancelled);
}

TEST_F(DeviceRace, NoCodeForALoginThatSaysHowToLogIn) {
  auto strong = config();
  strong.max_age = std::chrono::seconds(60);
  manager_of_race_.add_provider("mock", std::move(strong));
  auto document = metadata();
  document.set("device_authorization_endpoint", "https://as.example/device");
  expect_discovery(document);
  expect_token(200, tokens());
  when_shown([&](const auto&) { callbacks_.results.give(PlayedUser::consent()); });
  ASSERT_TRUE(manager_of_race_.initiate_flow("mock"));
  EXPECT_TRUE(texts(Event::Kind::DeviceCode).empty());
}

}  // namespace
}  // namespace mimir::oauth::testing
