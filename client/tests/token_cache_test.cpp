#include <internal/token_cache.hpp>

#include <thread>

#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

const TimePoint kCacheStart{std::chrono::hours(500'000)};
constexpr std::uint64_t kEpoch = 3;

TokenCache::Times times() {
  return {.from = kCacheStart,
          .fresh_until = kCacheStart + std::chrono::minutes(5),
          .until = kCacheStart + std::chrono::minutes(10)};
}

TEST(TokenCache, IsEmptyAtFirst) {
  const TokenCache cache;
  EXPECT_FALSE(cache.read(kCacheStart, 0));
  EXPECT_FALSE(cache.read(kCacheStart, 0, TokenCache::Age::Ageing));
}

TEST(TokenCache, HandsOutWithinItsTimesAndEpoch) {
  TokenCache cache;
  cache.keep(Secret("token"), times(), kEpoch);

  EXPECT_EQ(cache.read(kCacheStart, kEpoch)->expose(), "token");
  EXPECT_FALSE(cache.read(kCacheStart, kEpoch + 1));
  EXPECT_FALSE(cache.read(kCacheStart - std::chrono::milliseconds(1), kEpoch));
  EXPECT_FALSE(cache.read(kCacheStart + std::chrono::minutes(5), kEpoch));
  EXPECT_TRUE(cache.read(kCacheStart + std::chrono::minutes(5), kEpoch, TokenCache::Age::Ageing));
  EXPECT_FALSE(cache.read(kCacheStart + std::chrono::minutes(10), kEpoch, TokenCache::Age::Ageing));
}

TEST(TokenCache, KeepsEveryByteOfEverySize) {
  TokenCache cache;
  for (std::size_t size : {1U, 7U, 8U, 9U, 255U, 256U, 257U, 64U * 1024U, 3U}) {
    std::string token(size, 'x');
    for (std::size_t i = 0; i < size; ++i) token[i] = static_cast<char>('!' + i % 90);
    cache.keep(Secret(token), times(), kEpoch);
    EXPECT_EQ(cache.read(kCacheStart, kEpoch)->expose(), token);
  }
}

TEST(TokenCache, PauseNeverLengthensItsLife) {
  TokenCache cache;
  cache.keep(Secret("token"), times(), kEpoch);
  cache.pause(kCacheStart + std::chrono::hours(1));
  EXPECT_TRUE(cache.read(kCacheStart + std::chrono::minutes(9), kEpoch));
  EXPECT_FALSE(cache.read(kCacheStart + std::chrono::minutes(10), kEpoch));
}

TEST(TokenCache, WipedIsGone) {
  TokenCache cache;
  cache.keep(Secret("token"), times(), kEpoch);
  cache.wipe();
  EXPECT_FALSE(cache.read(kCacheStart, kEpoch));
}

TEST(TokenCache, ReadersSeeOneTokenOrNone) {  // never half of one and half of another
  TokenCache cache;
  const std::string tokens[] = {std::string(100, 'a'), std::string(300, 'b'), std::string(1000, 'c')};
  std::atomic<int> torn{0};
  std::atomic<int> seen{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          const auto token = cache.read(kCacheStart, kEpoch);
          if (!token) continue;
          ++seen;
          if (token->expose() != tokens[0] && token->expose() != tokens[1] && token->expose() != tokens[2]) ++torn;
        }
      });
    }
    for (int i = 0; i < 20'000 || seen == 0; ++i) cache.keep(Secret(tokens[i % 3]), times(), kEpoch);
  }
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace mimir::oauth::internal
