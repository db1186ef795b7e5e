// CH-CL-03, CH-CL-08: a login that a browser on another machine finishes.
#include <unistd.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/oauth/pasted_callback.hpp>

#include "internal/unique_fd.hpp"
#include "socket_helpers.hpp"

namespace mimir::oauth::testing {
namespace {

using namespace std::chrono_literals;

/// A pipe in the place of a terminal, beside the real listener.
class PastedCallback : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    read_end_ = UniqueFd(ends[0]);
    write_end_ = UniqueFd(ends[1]);
    paste_ = make_descriptor_paste_source(read_end_.get());
    racing_ = make_racing_callback_factory(*listeners_, *paste_, [this](PasteNotice notice) {
      const std::lock_guard lock(mutex_);
      notices_.push_back(notice);
    });
    receiver_ = racing_->create();
    CallbackOptions options;
    options.state = Secret("the-state");
    const auto uri = receiver_->listen(options);
    ASSERT_TRUE(uri) << uri.error().message;
    uri_ = *uri;
  }
  void paste(const std::string& line) {
    const std::string text = line + "\n";
    ASSERT_EQ(::write(write_end_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::vector<PasteNotice> notices() {
    const std::lock_guard lock(mutex_);
    return notices_;
  }

  UniqueFd read_end_, write_end_;
  std::unique_ptr<CallbackReceiverFactory> listeners_ = make_callback_server_factory();
  std::unique_ptr<PasteSource> paste_;
  std::mutex mutex_;
  std::vector<PasteNotice> notices_;
  std::unique_ptr<CallbackReceiverFactory> racing_;
  std::unique_ptr<CallbackReceiver> receiver_;
  std::string uri_;
};

TEST_F(PastedCallback, AWholeRedirectUrlWins) {
  paste("  " + uri_ + "?code=a%2Bb&state=the-state&iss=https%3A%2F%2Fas.example#  ");

  const auto result = receiver_->wait(10s, {});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->code->expose(), "a+b");
  EXPECT_EQ(result->iss, "https://as.example");
  EXPECT_EQ(notices(), std::vector{PasteNotice::Accepted});
}

TEST_F(PastedCallback, CodeAndStateFromTheProvidersPageWin) {
  paste("abc=&x#the-state");

  const auto result = receiver_->wait(10s, {});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->code->expose(), "abc=&x");
}

TEST_F(PastedCallback, TheListenerWinsAndThePromptEnds) {
  const auto port = port_of(uri_);
  const UniqueFd browser = connect_to(port);
  ASSERT_TRUE(send_all(browser.get(), "GET /callback?code=abc&state=the-state HTTP/1.1\r\nHost: 127.0.0.1:" +
                                          std::to_string(port) + "\r\n\r\n"));

  const auto result = receiver_->wait(10s, {});  // nobody pastes anything

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->code->expose(), "abc");
  EXPECT_TRUE(notices().empty());
  receiver_->finish(PageOutcome::Success);
}

TEST_F(PastedCallback, WhatBelongsToNoneOrAnotherLoginChangesNothing) {
  paste("");
  paste("just-a-code");                                  // nothing ties it to this login
  paste("abc#");
  paste("abc#the-state#x");
  paste("javascript:alert(1)");
  paste(uri_);                                           // no query
  paste("abc#another-state");
  paste(uri_ + "?code=abc&state=another-state");
  paste(uri_ + "?error=access_denied");                  // no state
  paste(uri_ + "/x?code=abc&state=the-state");           // another path
  paste("http://127.0.0.1:1/callback?code=abc&state=the-state");
  paste("http://evil.example/callback?code=abc&state=the-state");
  paste("good#the-state");

  const auto result = receiver_->wait(10s, {});

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->code->expose(), "good");
  const auto seen = notices();
  EXPECT_EQ(std::count(seen.begin(), seen.end(), PasteNotice::NotAResponse), 6);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), PasteNotice::AnotherLogin), 6);
}

TEST_F(PastedCallback, APastedErrorIsTheResponse) {
  paste(uri_ + "?error=access_denied&state=the-state");

  const auto result = receiver_->wait(10s, {});

  ASSERT_TRUE(result);
  EXPECT_EQ(result->error, "access_denied");
}

TEST_F(PastedCallback, APastedResponseWithAParameterTwiceIsAnAttack) {
  paste(uri_ + "?code=a&code=b&state=the-state");

  EXPECT_EQ(receiver_->wait(10s, {}).error().code, "callback.ambiguous");
}

TEST_F(PastedCallback, TheListenerGoesOnWhenInputEnds) {
  write_end_.reset();
  const auto port = port_of(uri_);
  auto result = std::async(std::launch::async, [&] { return receiver_->wait(10s, {}); });
  const UniqueFd browser = connect_to(port);
  ASSERT_TRUE(send_all(browser.get(), "GET /callback?code=abc&state=the-state HTTP/1.1\r\nHost: 127.0.0.1:" +
                                          std::to_string(port) + "\r\n\r\n"));

  ASSERT_TRUE(result.get());
}

TEST_F(PastedCallback, StopEndsBoth) {
  std::stop_source stop;
  stop.request_stop();

  EXPECT_EQ(receiver_->wait(10s, stop.get_token()).error().code, "cancelled");
}

TEST_F(PastedCallback, TimeoutEndsBoth) { EXPECT_EQ(receiver_->wait(1ms, {}).error().code, "callback.timeout"); }

TEST_F(PastedCallback, AnEndlessLineIsDropped) {
  std::thread writer([&] {
    const std::string junk(1000, 'x');
    for (int i = 0; i < 200; ++i) (void)!::write(write_end_.get(), junk.data(), junk.size());
    paste("");
    paste("good#the-state");
  });

  const auto result = receiver_->wait(10s, {});

  writer.join();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code->expose(), "good");
}

/// A listener that nobody has asked anything, and that has seen something all the same.
class WatchfulListener final : public CallbackReceiverFactory {
 public:
  static constexpr CallbackProgress kSeen{.refused_requests = 2, .saw_tls = true};
  std::unique_ptr<CallbackReceiver> create() override { return std::make_unique<Receiver>(); }

 private:
  class Receiver final : public CallbackReceiver {
   public:
    Result<std::string> listen(const CallbackOptions& options) override { return options.redirect_uri; }
    Result<CallbackResult> wait(std::chrono::milliseconds, std::stop_token) override { return CallbackResult{}; }
    CallbackProgress progress() const override { return kSeen; }
    void finish(PageOutcome) override {}
  };
};

TEST_F(PastedCallback, WhatTheListenerHasSeenIsTold) {  // CH-CL-13
  WatchfulListener listener;

  EXPECT_EQ(make_racing_callback_factory(listener, *paste_, {})->create()->progress(), WatchfulListener::kSeen);
}

}  // namespace
}  // namespace mimir::oauth::testing
