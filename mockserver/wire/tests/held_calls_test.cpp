// Calls that wait for a test: nobody else waits with them.
#include <mockoauth/wire/listener.hpp>

#include "wire/aside.hpp"
#include "wire/tests/raw_client.hpp"

#include <atomic>
#include <deque>
#include <memory>

#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using testing::body_of;
using testing::RawClient;
using testing::request_for;
using testing::status_of;

class HoldingListener : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listener = Listener::bind({.threads = 1});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    listener_ = std::move(*listener);
    listener_->start(ListenerCalls{
        [this](const server::HttpRequest& request) {
          if (request.path() == "/held") {
            ++entered_;
            entered_.notify_all();
            released_.wait(false);
          }
          return server::HttpResponse{.body = request.target};
        },
        [](const server::HttpRequest& request) { return request.path() == "/held"; }});
  }
  void TearDown() override {
    release();
    listener_.reset();
  }
  void release() {
    released_ = true;
    released_.notify_all();
  }

  void wait_for_held(int count) {
    for (int seen = entered_; seen < count; seen = entered_) entered_.wait(seen);
  }

  std::atomic<int> entered_ = 0;
  std::atomic<bool> released_ = false;
  std::unique_ptr<Listener> listener_;
};

TEST_F(HoldingListener, ServesOthersWhileCallsAreHeld) {
  std::deque<RawClient> held;
  for (int i = 0; i < 8; ++i) {
    held.emplace_back(listener_->port());
    ASSERT_TRUE(held.back().send(request_for("/held")));
  }
  wait_for_held(8);
  RawClient other(listener_->port());
  ASSERT_TRUE(other.send(request_for("/other")));
  EXPECT_EQ(body_of(other.read_reply()), "/other");

  release();
  for (auto& client : held) EXPECT_EQ(body_of(client.read_reply()), "/held");
}

TEST_F(HoldingListener, AnswersWhatIsSentBehindAHeldCallAfterIt) {
  RawClient client(listener_->port());
  RawClient other(listener_->port());
  ASSERT_TRUE(client.send(request_for("/held") + request_for("/second")));
  ASSERT_TRUE(other.send(request_for("/other")));
  EXPECT_EQ(body_of(other.read_reply()), "/other");
  ASSERT_TRUE(client.send(request_for("/third")));
  ASSERT_TRUE(other.send(request_for("/again")));
  EXPECT_EQ(body_of(other.read_reply()), "/again");

  release();
  for (const char* target : {"/held", "/second", "/third"}) EXPECT_EQ(body_of(client.read_reply()), target);
  ASSERT_TRUE(client.send(request_for("/fourth")));
  EXPECT_EQ(body_of(client.read_reply()), "/fourth");
}

TEST_F(HoldingListener, RefusesACallMoreThanThereAreThreadsFor) {
  std::deque<RawClient> held;
  for (std::size_t i = 0; i < Aside::kMost; ++i) {
    held.emplace_back(listener_->port());
    ASSERT_TRUE(held.back().send(request_for("/held")));
    wait_for_held(static_cast<int>(i) + 1);
  }
  RawClient last(listener_->port());
  ASSERT_TRUE(last.send(request_for("/held")));
  EXPECT_EQ(status_of(last.read_to_end()), 503);
  EXPECT_TRUE(last.ended());

  release();
  for (auto& client : held) EXPECT_EQ(status_of(client.read_reply()), 200);
}

TEST_F(HoldingListener, GoesOnAfterTheClientOfAHeldCallHasLeft) {
  {
    RawClient client(listener_->port());
    ASSERT_TRUE(client.send(request_for("/held")));
    wait_for_held(1);
  }
  RawClient other(listener_->port());
  ASSERT_TRUE(other.send(request_for("/other")));
  EXPECT_EQ(body_of(other.read_reply()), "/other");
  release();
  ASSERT_TRUE(other.send(request_for("/again")));
  EXPECT_EQ(body_of(other.read_reply()), "/again");
}

}  // namespace
}  // namespace mockoauth::wire
