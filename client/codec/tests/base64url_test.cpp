#include <mimir/codec/base64url.hpp>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mimir::codec {
namespace {

TEST(Base64, KeepsTheVectorsOfRfc4648Section10) {
  const std::vector<std::pair<std::string, std::string>> vectors{
      {"", ""},         {"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text).value(), bytes);

    const std::string bare = text.substr(0, text.find('='));
    EXPECT_EQ(base64url_encode(bytes), bare);
    EXPECT_EQ(base64url_decode(bare).value(), bytes);
  }
}

TEST(Base64Url, KeepsTheExampleOfRfc7515AppendixC) {
  const std::string bytes = "\x03\xec\xff\xe0\xc1";

  EXPECT_EQ(base64url_encode(bytes), "A-z_4ME");
  EXPECT_EQ(base64url_decode("A-z_4ME").value(), bytes);
}

TEST(Base64Url, RoundTripsEveryByteAtEveryPosition) {
  for (std::size_t length = 1; length <= 4; ++length) {
    for (std::size_t position = 0; position < length; ++position) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string bytes(length, '\xA5');
        bytes[position] = static_cast<char>(byte);
        EXPECT_EQ(base64url_decode(base64url_encode(bytes)).value(), bytes);
        EXPECT_EQ(base64_decode(base64_encode(bytes)).value(), bytes);
      }
    }
  }
}

struct Refusal {
  std::string text;
  std::string code;
  std::size_t offset;
};

TEST(Base64Url, RefusesEverythingButTheOneSpelling) {
  const std::vector<Refusal> refusals{
      {"Zg==", "base64url.padding", 2},
      {"Zm8=", "base64url.padding", 3},
      {"=", "base64url.padding", 0},
      {"Zm9v=", "base64url.padding", 4},
      {"A+z_", "base64url.alphabet", 1},
      {"A-z/", "base64url.alphabet", 3},
      {"Zm9v\n", "base64url.alphabet", 4},
      {" Zm9v", "base64url.alphabet", 0},
      {"Zm\r\n9v", "base64url.alphabet", 2},
      {"Zm9v.", "base64url.alphabet", 4},
      {std::string("Zm\0v", 4), "base64url.alphabet", 2},
      {"Zm9\xC3\xA9", "base64url.alphabet", 3},
      {"\xFF\xFF\xFF\xFF", "base64url.alphabet", 0},
      {"Z", "base64url.length", 1},
      {"Zm9vY", "base64url.length", 5},
      {"Zh", "base64url.trailing_bits", 1},
      {"Zm9", "base64url.trailing_bits", 2},
      {"AB", "base64url.trailing_bits", 1},
  };
  for (const Refusal& refusal : refusals) {
    const auto result = base64url_decode(refusal.text);
    ASSERT_FALSE(result.has_value()) << refusal.text;
    EXPECT_EQ(result.error().code, refusal.code) << refusal.text;
    EXPECT_EQ(result.error().offset, refusal.offset) << refusal.text;
    EXPECT_FALSE(result.error().spec.empty());
  }
}

TEST(Base64, RefusesEverythingButTheOneSpelling) {
  const std::vector<Refusal> refusals{
      {"Zg", "base64.padding", 2},       {"Zg=", "base64.padding", 3},       {"Zm9v=", "base64.padding", 5},
      {"Zg===", "base64.padding", 5},    {"Z===", "base64.alphabet", 1},     {"====", "base64.alphabet", 0},
      {"Zg==Zg==", "base64.alphabet", 2}, {"Zm9v\nZm9", "base64.alphabet", 4}, {"A-z_", "base64.alphabet", 1},
      {"Zh==", "base64.trailing_bits", 1}, {"Zm9=", "base64.trailing_bits", 2},
  };
  for (const Refusal& refusal : refusals) {
    const auto result = base64_decode(refusal.text);
    ASSERT_FALSE(result.has_value()) << refusal.text;
    EXPECT_EQ(result.error().code, refusal.code) << refusal.text;
    EXPECT_EQ(result.error().offset, refusal.offset) << refusal.text;
  }
}

TEST(Base64Url, NeverRepeatsWhatItRefused) {
  const auto result = base64url_decode("c2VjcmV0IQ==");

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message.find("c2Vj"), std::string::npos);
}

}  // namespace
}  // namespace mimir::codec
