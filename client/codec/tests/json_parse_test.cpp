#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/json.hpp>

namespace mimir::codec {
namespace {

using namespace std::string_literals;

TEST(JsonParse, ReadsEveryType) {
  const auto text = R"( {"n":null,"t":true,"f":false,"i":-7,"d":2.5,"s":"x","a":[1,[]],"o":{}} )";

  const Json json = Json::parse(text).value();

  EXPECT_TRUE(json.find("n")->is_null());
  EXPECT_EQ(json.bool_at("t"), true);
  EXPECT_EQ(json.bool_at("f"), false);
  EXPECT_EQ(json.int_at("i"), -7);
  EXPECT_EQ(json.find("d")->as_double(), 2.5);
  EXPECT_EQ(json.string_at("s"), "x");
  EXPECT_EQ(*json.find("a"), Json::array({1, Json::array()}));
  EXPECT_EQ(*json.find("o"), Json::object());
}

TEST(JsonParse, ReadsAScalarAsAWholeText) {
  EXPECT_EQ(Json::parse("null").value(), Json());
  EXPECT_EQ(Json::parse("true").value(), Json(true));
  EXPECT_EQ(Json::parse("\"\"").value(), Json(""));
  EXPECT_EQ(Json::parse("\t\r\n 0 \n").value(), Json(0));
}

TEST(JsonParse, KeepsTheOrderOfMembers) {
  const Json json = Json::parse(R"({"z":1,"a":2,"m":3})").value();

  EXPECT_EQ(json.dump(), R"({"z":1,"a":2,"m":3})");
}

TEST(JsonParse, KeepsIntegersThatFitAndTurnsOthersIntoDoubles) {
  EXPECT_EQ(Json::parse("9223372036854775807").value().as_int(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Json::parse("-9223372036854775808").value().as_int(), std::numeric_limits<std::int64_t>::min());

  for (const char* text : {"9223372036854775808", "18446744073709551616", "-9223372036854775809", "1.0", "1e2",
                           "0.5"}) {
    const Json json = Json::parse(text).value();
    EXPECT_FALSE(json.is_int()) << text;
    EXPECT_TRUE(json.is_number()) << text;
  }
  EXPECT_EQ(Json::parse("9223372036854775808").value().as_double(), 9223372036854775808.0);
  EXPECT_EQ(Json::parse("1e2").value().as_double(), 100.0);
  EXPECT_EQ(Json::parse("12").value().as_double(), 12.0);
}

TEST(JsonParse, ReadsDoublesToTheLastBit) {
  EXPECT_EQ(Json::parse("0.1").value().as_double(), 0.1);
  EXPECT_EQ(Json::parse("1.7976931348623157e308").value().as_double(), std::numeric_limits<double>::max());
  EXPECT_EQ(Json::parse("5e-324").value().as_double(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(Json::parse("123456789012345678.9e-5").value().as_double(), 123456789012345678.9e-5);
}

TEST(JsonParse, RoundsToZeroWhatIsTooSmall) {
  const std::string tiny = "0." + std::string(400, '0') + "1";
  for (const std::string& text : {"1e-400"s, "0.00001e-2147483639"s, "1e-99999999999999999999"s, tiny}) {
    const auto json = Json::parse(text);
    ASSERT_TRUE(json.has_value()) << text;
    EXPECT_EQ(json->as_double(), 0.0) << text;
  }
  EXPECT_TRUE(std::signbit(Json::parse("-1e-400").value().as_double().value()));
}

TEST(JsonParse, DecodesEscapesIntoUtf8) {
  const Json json = Json::parse(R"(["\"\\\/\b\f\n\r\t", "\u0041\u00e9\u20AC\ud83d\ude00", "\u0000", "€"])").value();

  EXPECT_EQ(*json.at_pointer("/0"), Json("\"\\/\b\f\n\r\t"));
  EXPECT_EQ(*json.at_pointer("/1"), Json("A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
  EXPECT_EQ(*json.at_pointer("/2"), Json("\0"s));
  EXPECT_EQ(*json.at_pointer("/3"), Json("\xE2\x82\xAC"));
}

struct JsonRefusal {
  std::string text;
  std::string code;
  std::size_t offset = Error::kNoOffset;  ///< Not checked when absent.
};

void expect_json_refusals(const std::vector<JsonRefusal>& refusals) {
  for (const JsonRefusal& refusal : refusals) {
    SCOPED_TRACE(refusal.text.substr(0, 40));
    const auto result = Json::parse(refusal.text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, refusal.code) << result.error().message;
    EXPECT_FALSE(result.error().spec.empty());
    EXPECT_LE(result.error().offset, refusal.text.size());
    if (refusal.offset != Error::kNoOffset) {
      EXPECT_EQ(result.error().offset, refusal.offset);
    }
  }
}

TEST(JsonParse, RefusesEverythingOutsideTheGrammar) {
  expect_json_refusals({
      {"", "json.empty", 0}, {"   ", "json.empty", 3}, {"{", "json.syntax", 1}, {"[", "json.syntax", 1},
      {"[1", "json.syntax", 2}, {"[1,", "json.syntax", 3}, {"[1,]", "json.syntax", 3}, {"{\"a\":1,}", "json.syntax", 7},
      {"{\"a\"}", "json.syntax", 4}, {"{\"a\":}", "json.syntax", 5}, {"{a:1}", "json.syntax", 1},
      {"{1:1}", "json.syntax", 1},
      {"{'a':1}", "json.syntax", 1}, {"[1 2]", "json.syntax", 3}, {"{\"a\":1 \"b\":2}", "json.syntax", 7},
      {"]", "json.empty"},
      {"[}", "json.syntax", 1}, {"{]", "json.syntax", 1}, {"nul", "json.syntax"}, {"True", "json.syntax"},
      {"NaN", "json.syntax"}, {"Infinity", "json.syntax"}, {"-Infinity", "json.syntax"}, {"undefined", "json.syntax"},
      {"01", "json.trailing", 1}, {"+1", "json.syntax", 0}, {"-", "json.syntax"}, {".5", "json.syntax", 0},
      {"1.", "json.syntax"}, {"1e", "json.syntax"}, {"1e+", "json.syntax"}, {"0x10", "json.trailing", 1},
      {"// c\n1", "json.syntax", 0}, {"/* c */1", "json.syntax", 0}, {"\"a", "json.syntax", 2},
      {"\"\\x\"", "json.syntax", 1},
      {"\"\\u12\"", "json.syntax", 1}, {"\"a\nb\"", "json.syntax", 2}, {"\"a\tb\"", "json.syntax", 2},
      {"<!DOCTYPE html>", "json.syntax", 0}, {"\x0B{}", "json.syntax", 0},
  });
}

TEST(JsonParse, RefusesWhatFollowsTheValue) {
  expect_json_refusals({
      {"{} {}", "json.trailing", 3}, {"{}x", "json.trailing", 2}, {"null,", "json.trailing", 4},
      {"[]]", "json.trailing", 2},
      {"{}\0"s, "json.trailing", 2}, {"{}\0garbage"s, "json.trailing", 2}, {"1\0"s, "json.trailing", 1},
      {"\0{}"s, "json.empty", 0}, {"[1,\0]"s, "json.syntax", 3}, {"\"a\0b\""s, "json.syntax", 2},
  });
}

TEST(JsonParse, RefusesWhatIsNotUtf8) {
  expect_json_refusals({
      {"\xEF\xBB\xBF{}", "json.bom", 0},
      {"\xFF\xFE{\0}\0"s, "json.syntax", 0},                    // UTF-16
      {"\"\xFF\"", "json.encoding", 1}, {"\"a\x80\"", "json.encoding", 2}, {"\"\xC3\"", "json.encoding", 1},
      {"\"\xC0\xAF\"", "json.encoding", 1},                     // overlong
      {"\"\xE0\x80\xAF\"", "json.encoding", 1}, {"\"\xED\xA0\x80\"", "json.encoding", 1},  // overlong, surrogate
      {"\"\xF4\x90\x80\x80\"", "json.encoding", 1},             // beyond U+10FFFF
      {"\"\xE2\x82", "json.encoding", 1}, {"{\"\xFF\":1}", "json.encoding", 2},
      {R"("\ud800")", "json.surrogate", 1}, {R"("\ud800x")", "json.surrogate", 1},
      {R"("\ud800\u0041")", "json.surrogate", 1},
      {R"("\udc00")", "json.surrogate"}, {R"({"\udfff":1})", "json.surrogate"},
      {R"("\ud800\ud800")", "json.surrogate", 1},
  });
}

TEST(JsonParse, RefusesNumbersBeyondDouble) {
  expect_json_refusals({
      {"1e400", "json.number", 0}, {"[-1e400]", "json.number", 1}, {"1e99999999999999999999", "json.number", 0},
      {"1.8e308", "json.number", 0}, {"0.9e309", "json.number", 0}, {std::string(400, '9'), "json.number", 0},
  });
}

TEST(JsonParse, RefusesRepeatedMembers) {
  expect_json_refusals({
      {R"({"a":1,"a":1})", "json.duplicate"}, {R"({"a":1,"b":2,"\u0061":3})", "json.duplicate"},
      {R"([{"o":{"":1,"":2}}])", "json.duplicate"},
  });
}

TEST(JsonParse, CanKeepDuplicates) {
  const Json json = Json::parse(R"({"a":1,"a":2})", {.refuse_duplicates = false}).value();

  EXPECT_EQ(json.as_object()->size(), 2U);
  EXPECT_EQ(json.int_at("a"), 1);
}

TEST(JsonParse, FindsADuplicateAmongManyMembersWithoutComparingAllPairs) {
  std::string text = "{";
  for (int i = 0; i < 60'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  const std::string unique = text + "\"last\":0}";
  const std::string twice = text + "\"k59999\":0}";

  EXPECT_EQ(Json::parse(unique).value().as_object()->size(), 60'001U);
  EXPECT_EQ(Json::parse(twice).error().code, "json.duplicate");
}

TEST(JsonParse, CountsDuplicatesPerObject) {
  EXPECT_TRUE(Json::parse(R"([{"a":{"a":1}},{"a":1}])").has_value());
}

TEST(JsonParse, RefusesDepthBombsAtTheLimit) {
  for (const char* unit : {"[", "{\"a\":", "[{\"a\":"}) {
    std::string bomb;
    while (bomb.size() < 1'000'000) bomb += unit;

    const auto result = Json::parse(bomb, {.max_bytes = bomb.size()});

    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, "json.too_deep");
    EXPECT_LT(result.error().offset, 64U * 6U);
  }
}

TEST(JsonParse, AllowsExactlyTheDepthItIsGiven) {
  EXPECT_TRUE(Json::parse("[[1]]", {.max_depth = 2}).has_value());
  EXPECT_EQ(Json::parse("[[[]]]", {.max_depth = 2}).error().offset, 2U);
  EXPECT_TRUE(Json::parse("1", {.max_depth = 0}).has_value());
  EXPECT_TRUE(Json::parse(std::string(64, '[') + std::string(64, ']')).has_value());
}

TEST(JsonParse, CapsADepthThatNoStackWouldSurvive) {
  const std::string deep = std::string(400'000, '[') + std::string(400'000, ']');

  EXPECT_EQ(Json::parse(deep, {.max_depth = 10'000'000}).error().code, "json.too_deep");
}

TEST(JsonParse, RefusesATextAboveTheLimitBeforeReadingIt) {
  EXPECT_EQ(Json::parse("[1,2]", {.max_bytes = 4}).error().code, "json.too_large");
  EXPECT_TRUE(Json::parse("[1,2]", {.max_bytes = 5}).has_value());
  EXPECT_EQ(Json::parse(std::string(1024 * 1024 + 1, ' ')).error().code, "json.too_large");
}

}  // namespace
}  // namespace mimir::codec
