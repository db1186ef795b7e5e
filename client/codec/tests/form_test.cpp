#include <mimir/codec/form.hpp>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mimir::codec {
namespace {

// RFC 3986 §2.3.
constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

TEST(Percent, EncodesEverythingButTheUnreserved) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool unreserved = kUnreserved.find(text) != std::string_view::npos;

    EXPECT_EQ(percent_encode(text).size(), unreserved ? 1U : 3U) << byte;
    EXPECT_EQ(percent_decode(percent_encode(text)).value(), text);
    EXPECT_EQ(form_decode(form_encode(text)).value(), text);
  }
  EXPECT_EQ(percent_encode("a b+c/\xC3\xA9"), "a%20b%2Bc%2F%C3%A9");
}

// RFC 6749 appendix B gives exactly this example: space, %, &, +, £ and €.
TEST(Form, KeepsTheExampleOfRfc6749AppendixB) {
  const std::string text = " %&+\xC2\xA3\xE2\x82\xAC";

  EXPECT_EQ(form_encode(text), "+%25%26%2B%C2%A3%E2%82%AC");
  EXPECT_EQ(form_decode("+%25%26%2B%C2%A3%E2%82%AC").value(), text);
}

TEST(Percent, DecodesNeitherPlusNorTwice) {
  EXPECT_EQ(percent_decode("a+b").value(), "a+b");
  EXPECT_EQ(percent_decode("%2541").value(), "%41");
  EXPECT_EQ(percent_decode("%c3%A9").value(), "\xC3\xA9");
}

TEST(Percent, RefusesBrokenEscapes) {
  const std::vector<std::pair<std::string, std::size_t>> texts{
      {"%", 0}, {"abc%", 3}, {"%4", 0}, {"%zz", 0}, {"%4g", 0}, {"%%41", 0}, {"a%41%-1", 4}, {"% 1", 0}, {"%+1", 0}};
  for (const auto& [text, offset] : texts) {
    for (const auto& result : {percent_decode(text), form_decode(text)}) {
      ASSERT_FALSE(result.has_value()) << text;
      EXPECT_EQ(result.error().code, "form.escape") << text;
      EXPECT_EQ(result.error().offset, offset) << text;
    }
  }
}

TEST(Parameters, SplitsAtAmpersandAndTheFirstEqualsSign) {
  const auto parameters = Parameters::parse("a=1&b=x=y&c&&=d&e=&a=2&").value();

  const std::vector<Parameters::Pair> expected{{"a", "1"}, {"b", "x=y"}, {"c", ""}, {"", "d"}, {"e", ""}, {"a", "2"}};
  EXPECT_EQ(parameters.pairs(), expected);
}

TEST(Parameters, DecodesEachSideOnceAfterSplitting) {
  const auto parameters = Parameters::parse("a%3Db=c%26d&redirect+uri=https%3A%2F%2Fa%2F%3Fx%3D%2525").value();

  const std::vector<Parameters::Pair> expected{{"a=b", "c&d"}, {"redirect uri", "https://a/?x=%25"}};
  EXPECT_EQ(parameters.pairs(), expected);
}

TEST(Parameters, ReadsNothingFromNothing) {
  EXPECT_TRUE(Parameters::parse({}).value().empty());
  EXPECT_TRUE(Parameters::parse("&&&").value().empty());
}

TEST(Parameters, WritesWhatItReads) {
  const Parameters parameters{{"scope", "openid e-mail"}, {"state", "a&b=c+d%"}, {"", ""}, {"state", "\xE2\x82\xAC"}};

  EXPECT_EQ(parameters.encode(), "scope=openid+e-mail&state=a%26b%3Dc%2Bd%25&=&state=%E2%82%AC");
  EXPECT_EQ(Parameters::parse(parameters.encode()).value(), parameters);
}

TEST(Parameters, TellsOneFromMany) {
  const Parameters parameters{{"a", "1"}, {"b", "2"}, {"a", "3"}, {"b", "4"}};

  EXPECT_EQ(parameters.one("a"), std::nullopt);
  EXPECT_EQ(parameters.first("a"), "1");
  EXPECT_EQ(parameters.count("a"), 2U);
  EXPECT_EQ(parameters.one("c"), std::nullopt);
  EXPECT_EQ(parameters.first("c"), std::nullopt);
  EXPECT_EQ(parameters.repeated(), "a");
  EXPECT_EQ((Parameters{{"a", "1"}, {"b", "2"}}.repeated()), std::nullopt);
}

TEST(Parameters, SetsInPlaceAndRemovesAll) {
  Parameters parameters{{"a", "1"}, {"b", "2"}, {"a", "3"}};

  parameters.set("a", "4");
  EXPECT_EQ(parameters, (Parameters{{"a", "4"}, {"b", "2"}}));

  parameters.set("c", "5");
  parameters.add("b", "6");
  parameters.remove("b");
  EXPECT_EQ(parameters, (Parameters{{"a", "4"}, {"c", "5"}}));
}

TEST(Parameters, RefusesHostileForms) {
  struct FormRefusal {
    std::string text;
    std::string code;
    std::size_t offset;
  };
  std::string many;
  for (int i = 0; i < 257; ++i) many += "a&";
  const std::vector<FormRefusal> refusals{
      {"a=1&b=%zz", "form.escape", 6},
      {"a=1&b%=2", "form.escape", 5},
      {"a=%00", "form.nul", 2},
      {"a%00b=1", "form.nul", 0},
      {std::string("a=\0", 3), "form.nul", 2},
      {std::string(64 * 1024 + 1, 'a'), "form.too_large", 64 * 1024},
      {many, "form.too_many", 512},
  };
  for (const FormRefusal& refusal : refusals) {
    const auto result = Parameters::parse(refusal.text);
    ASSERT_FALSE(result.has_value()) << refusal.code;
    EXPECT_EQ(result.error().code, refusal.code);
    EXPECT_EQ(result.error().offset, refusal.offset) << refusal.code;
  }
}

TEST(Parameters, TakesWhatIsJustWithinTheLimits) {
  EXPECT_TRUE(Parameters::parse("a=1&b=2", {.max_bytes = 7, .max_parameters = 2}).has_value());
  EXPECT_FALSE(Parameters::parse("a=1&b=2", {.max_bytes = 6, .max_parameters = 2}).has_value());
  EXPECT_FALSE(Parameters::parse("a=1&b=2", {.max_bytes = 7, .max_parameters = 1}).has_value());
}

}  // namespace
}  // namespace mimir::codec
