#include <mimir/codec/secret.hpp>

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace mimir::codec {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<std::string, Secret> && !std::is_convertible_v<Secret, std::string_view>);

TEST(Secret, PrintsWithoutItsValue) {
  std::ostringstream out;

  out << Secret("hunter2");

  EXPECT_EQ(out.str(), "[redacted]");
}

TEST(Secret, KeepsEveryByte) {
  const std::string value("a\0b\xFF", 4);

  EXPECT_EQ(Secret(value).expose(), value);
  EXPECT_EQ(Secret(value).size(), 4U);
  EXPECT_TRUE(Secret("").empty());
  EXPECT_TRUE(Secret().expose().empty());
}

TEST(Secret, IsEmptyAfterItMoved) {
  Secret first("one");
  Secret second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): the contract under test.
  EXPECT_EQ(second.expose(), "one");

  Secret third("three");
  third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(third.expose(), "one");
}

TEST(Secret, SurvivesMovingIntoItself) {
  Secret secret("value");
  Secret& same = secret;

  secret = std::move(same);

  EXPECT_EQ(secret.expose(), "value");
}

TEST(Secret, ClonesIntoMemoryOfItsOwn) {
  const Secret original("value");

  const Secret copy = original.clone();

  EXPECT_TRUE(copy.equals(original));
  EXPECT_NE(copy.expose().data(), original.expose().data());
}

TEST(Secret, ComparesByValue) {
  EXPECT_TRUE(Secret("a").equals(Secret("a")));
  EXPECT_FALSE(Secret("a").equals(Secret("b")));
  EXPECT_FALSE(Secret("a").equals(Secret("ab")));
  EXPECT_TRUE(Secret().equals(Secret("")));
}

}  // namespace
}  // namespace mimir::codec
