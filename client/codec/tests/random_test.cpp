#include <mimir/codec/random.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/testing/mock_random.hpp>

#include "failing_random.hpp"

namespace mimir::codec {
namespace {

TEST(SystemRandom, FillsTheWholeBuffer) {
  SystemRandom random;
  std::array<bool, 64> touched{};

  // A byte stays zero by chance in one of 256 draws; over 32 draws every position must have changed once.
  for (int draw = 0; draw < 32; ++draw) {
    std::array<std::uint8_t, 64> bytes{};
    ASSERT_TRUE(random.fill(bytes).has_value());
    for (std::size_t i = 0; i < bytes.size(); ++i) touched[i] = touched[i] || bytes[i] != 0;
  }

  EXPECT_TRUE(std::all_of(touched.begin(), touched.end(), [](bool t) { return t; }));
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<std::string> seen;

  for (int i = 0; i < 1000; ++i) seen.insert(random_base64url(random, 16).value());

  EXPECT_EQ(seen.size(), 1000U);
}

TEST(SystemRandom, TakesAnEmptyBuffer) {
  SystemRandom random;

  EXPECT_TRUE(random.fill({}).has_value());
}

TEST(SeededRandom, GivesTheSameBytesForTheSameSeed) {
  SeededRandom first(7);
  SeededRandom second(7);
  SeededRandom other(8);

  const std::string bytes = random_base64url(first, 100).value();

  EXPECT_EQ(random_base64url(second, 100).value(), bytes);
  EXPECT_NE(random_base64url(other, 100).value(), bytes);
  EXPECT_NE(random_base64url(first, 100).value(), bytes);
}

// The transcript of a seed is part of the product: scenarios written down with a seed must replay in later versions.
TEST(SeededRandom, IsSha256OverSeedAndCounter) {
  SeededRandom random(1);
  const std::string first_block = sha256(std::string("\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0", 16));

  EXPECT_EQ(random_base64url(random, 32).value(), base64url_encode(first_block));
}

TEST(RandomBase64Url, HandsOnTheFailure) {
  testing::FailingRandom random;

  const auto text = random_base64url(random, 32);

  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, "random.unavailable");
}

TEST(RandomBase64Url, AsksOnceForExactlyTheBytes) {
  testing::MockRandom random;
  EXPECT_CALL(random, fill).WillOnce([](std::span<std::uint8_t> out) -> Result<> {
    EXPECT_EQ(out.size(), 3U);
    std::fill(out.begin(), out.end(), std::uint8_t{0xFF});
    return {};
  });

  EXPECT_EQ(random_base64url(random, 3).value(), "____");
}

}  // namespace
}  // namespace mimir::codec
