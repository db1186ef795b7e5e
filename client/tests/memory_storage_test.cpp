#include <mimir/oauth/token_storage.hpp>

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;

StoredLogin remembered(std::string_view access_token) {
  StoredLogin result;
  result.config.issuer = "https://issuer.example";
  result.tokens.access_token = Secret(access_token);
  result.tokens.refresh_token = Secret("refresh");
  return result;
}

TEST(MemoryStorage, GivesBackWhatWasStored) {
  const auto storage = make_memory_storage();

  ASSERT_EQ(storage->store("google", remembered("first"), 0).value(), 1u);
  const auto loaded = storage->load("google").value();

  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->tokens.access_token.expose(), "first");
  EXPECT_EQ(loaded->tokens.refresh_token->expose(), "refresh");
  EXPECT_EQ(loaded->config.issuer, "https://issuer.example");
  EXPECT_EQ(loaded->generation, 1u);
  EXPECT_FALSE(storage->load("github").value());
}

TEST(MemoryStorage, RefusesAWriterThatReadAnOlderGeneration) {
  const auto storage = make_memory_storage();
  ASSERT_EQ(storage->store("google", remembered("first"), 0).value(), 1u);
  ASSERT_EQ(storage->store("google", remembered("second"), 1).value(), 2u);

  const auto late = storage->store("google", remembered("late"), 1);

  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "storage.conflict");
  EXPECT_EQ(storage->load("google").value()->tokens.access_token.expose(), "second");
}

TEST(MemoryStorage, NeverReusesAGenerationAfterErase) {
  const auto storage = make_memory_storage();
  ASSERT_EQ(storage->store("google", remembered("first"), 0).value(), 1u);
  ASSERT_TRUE(storage->erase("google"));
  ASSERT_EQ(storage->store("google", remembered("second"), 0).value(), 2u);

  EXPECT_FALSE(storage->store("google", remembered("of the erased login"), 1));
}

TEST(MemoryStorage, EraseOfNothingIsFine) { EXPECT_TRUE(make_memory_storage()->erase("google")); }

TEST(MemoryStorage, ListsProvidersInOrder) {
  const auto storage = make_memory_storage();
  ASSERT_TRUE(storage->store("google", remembered("a"), 0));
  ASSERT_TRUE(storage->store("github", remembered("b"), 0));

  EXPECT_EQ(storage->providers().value(), (std::vector<std::string>{"github", "google"}));
}

TEST(MemoryStorage, LockOfOneProviderDoesNotHoldUpAnother) {
  const auto storage = make_memory_storage();
  const auto held = storage->lock("google", 0ms, {});
  ASSERT_TRUE(held);

  const auto same = storage->lock("google", 0ms, {});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, "storage.lock_timeout");
  EXPECT_EQ(same.error().category, Category::TryLater);
  EXPECT_TRUE(storage->lock("github", 0ms, {}));
}

TEST(MemoryStorage, WaitingForALockEndsWhenItIsReleased) {
  const auto storage = make_memory_storage();
  auto held = storage->lock("google", 0ms, {});
  ASSERT_TRUE(held);
  auto waiting = std::async(std::launch::async, [&] { return storage->lock("google", 30s, {}).has_value(); });

  held.value().reset();

  EXPECT_TRUE(waiting.get());
}

TEST(MemoryStorage, WaitingForALockEndsWhenStopIsRequested) {
  const auto storage = make_memory_storage();
  const auto held = storage->lock("google", 0ms, {});
  ASSERT_TRUE(held);
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return storage->lock("google", 30s, stop.get_token()); });

  stop.request_stop();
  const auto result = waiting.get();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::Cancelled);
}

TEST(MemoryStorage, OnlyOneOfManyConcurrentWritersWinsEachGeneration) {
  const auto storage = make_memory_storage();
  std::atomic<int> wins = 0;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&] { wins += storage->store("google", remembered("x"), 0).has_value() ? 1 : 0; });
    }
  }

  EXPECT_EQ(wins, 1);
}

}  // namespace
}  // namespace mimir::oauth
