#include "internal/sealed_record.hpp"

#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

SealingKeys keys(std::string_view installation = "0123456789abcdef0123456789abcdef", std::string machine = "machine") {
  return {Secret(installation), std::move(machine)};
}

class SealedRecord : public ::testing::Test {
 protected:
  std::string seal(std::string_view text) { return seal_record(keys(), "google", text, random_).value(); }

  SystemRandom random_;
};

TEST_F(SealedRecord, OpensWithTheSameKeysAndProviderOnly) {
  const auto sealed = seal("text");

  EXPECT_EQ(open_record(keys(), "google", sealed)->expose(), "text");
  EXPECT_EQ(provider_of(sealed), "google");
  EXPECT_EQ(open_record(keys(), "github", sealed).error().code, "storage.corrupt");
  EXPECT_EQ(open_record(keys("another installation secret 32 b"), "google", sealed).error().code, "storage.key_lost");
  EXPECT_EQ(open_record(keys("0123456789abcdef0123456789abcdef", "other"), "google", sealed).error().code,
            "storage.wrong_machine");
}

// CH-FS-10
TEST_F(SealedRecord, NoFlippedBitGoesUnnoticed) {
  const auto whole = seal("{\"access_token\":\"t\"}");

  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(open_record(keys(), "google", flipped)) << bit;
  }
}

TEST_F(SealedRecord, NothingMayFollow) { EXPECT_FALSE(open_record(keys(), "google", seal("text") + "x")); }

TEST_F(SealedRecord, HostileLengthsStayWithinTheFile) {
  auto sealed = seal("text");
  sealed[26] = '\xff';  // length of the name
  sealed[27] = '\xff';

  EXPECT_EQ(open_record(keys(), "google", sealed).error().code, "storage.corrupt");
  EXPECT_EQ(provider_of(sealed), "");
}

}  // namespace
}  // namespace mimir::oauth::internal
