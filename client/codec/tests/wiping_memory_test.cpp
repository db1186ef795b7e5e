#include <mimir/codec/wiping_memory.hpp>

#include <cstring>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace mimir::codec {
namespace {

TEST(WipingMemory, GrowsAndShrinksWithItsContent) {
  char* memory = wiping_strdup("secret");
  for (std::size_t size : {7U, 100U, 100'000U, 7U}) {
    memory = static_cast<char*>(wiping_realloc(memory, size));
    ASSERT_STREQ(memory, "secret");
  }
  wiping_free(memory);
  wiping_free(nullptr);
}

TEST(WipingMemory, StartsEmptyWhenAsked) {
  auto* const memory = static_cast<char*>(wiping_calloc(10, 10));
  EXPECT_EQ(std::string(memory, 100), std::string(100, '\0'));
  wiping_free(memory);
}

TEST(WipingMemory, SizesThatOverflowAreRefused) {
  constexpr auto kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(wiping_malloc(kMost), nullptr);
  EXPECT_EQ(wiping_calloc(kMost / 2, 3), nullptr);
}

}  // namespace
}  // namespace mimir::codec
