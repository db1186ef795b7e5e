#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <mimir/codec/json.hpp>

namespace mimir::codec {
namespace {

using namespace std::string_literals;

TEST(JsonDump, WritesCompactAndPretty) {
  const Json json =
      Json::object({{"a", Json::array({1, "x", nullptr, true})}, {"b", Json::object()}, {"c", Json::array()}});

  EXPECT_EQ(json.dump(), R"({"a":[1,"x",null,true],"b":{},"c":[]})");
  EXPECT_EQ(json.dump_pretty(),
            "{\n  \"a\": [\n    1,\n    \"x\",\n    null,\n    true\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

TEST(JsonDump, ComesBackAsTheSameValue) {
  for (const Json& json : {Json(), Json(true), Json(std::numeric_limits<std::int64_t>::min()), Json(3600.0),
                           Json(0.1), Json(1e21),
                           Json(-0.0), Json(std::numeric_limits<double>::denorm_min()), Json(1.7976931348623157e308),
                           Json("\0\x01\x7F\"\\/\n\xE2\x82\xAC\xF0\x9F\x98\x80"s),
                           Json::array({Json::array(), Json::object({{"", ""}})})}) {
    EXPECT_EQ(Json::parse(json.dump()).value(), json) << json.dump();
    EXPECT_EQ(Json::parse(json.dump_pretty()).value(), json);
  }
}

TEST(JsonDump, KeepsWholeDoublesReadable) {
  EXPECT_EQ(Json(3600.0).dump(), "3600.0");
  EXPECT_EQ(Json(1764000000.0).dump(), "1764000000.0");
}

TEST(JsonDump, NeverWritesWhatIsNoJson) {
  EXPECT_EQ(Json(std::nan("")).dump(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(Json("a\xFF\xC3(\xED\xA0\x80").dump(),
      "\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(Json::object({{"\x80", 1}}).dump(), "{\"\xEF\xBF\xBD\":1}");
}

// Text is looked at eight bytes at a time.
TEST(JsonDump, EscapesWhatMustBeWhereverItStands) {
  for (std::size_t length = 1; length <= 18; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte <= 0xFF; ++byte) {
        std::string text(length, '!');
        text[at] = static_cast<char>(byte);
        const std::string json = Json(text).dump();
        const bool is_plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        ASSERT_EQ(json == '"' + text + '"', is_plain) << byte << " at " << at << " of " << length;
        if (byte >= 0x80) continue;
        ASSERT_EQ(Json::parse(json).value(), Json(text)) << byte << " at " << at << " of " << length;
      }
    }
  }
}

TEST(JsonValue, AnswersNothingForAnotherType) {
  const Json json = Json::parse(R"({"s":"1","i":1,"d":1.0,"b":true,"n":null})").value();

  EXPECT_EQ(json.int_at("s"), std::nullopt);
  EXPECT_EQ(json.int_at("d"), std::nullopt);
  EXPECT_EQ(json.int_at("b"), std::nullopt);
  EXPECT_EQ(json.string_at("i"), std::nullopt);
  EXPECT_EQ(json.string_at("n"), std::nullopt);
  EXPECT_EQ(json.bool_at("i"), std::nullopt);
  EXPECT_EQ(json.string_at("missing"), std::nullopt);
  EXPECT_EQ(Json("text").find("s"), nullptr);
  EXPECT_EQ(Json("1").as_double(), std::nullopt);
}

TEST(JsonValue, SetsReplacesAndErases) {
  Json json;
  EXPECT_TRUE(json.set("a", 1));
  EXPECT_TRUE(json.set("b", "x"));
  EXPECT_TRUE(json.set("a", 2));
  EXPECT_EQ(json.dump(), R"({"a":2,"b":"x"})");

  EXPECT_TRUE(json.erase("a"));
  EXPECT_FALSE(json.erase("a"));
  EXPECT_EQ(json.dump(), R"({"b":"x"})");
}

TEST(JsonValue, LeavesOtherTypesAlone) {
  Json text("x");
  EXPECT_FALSE(text.set("a", 1));
  EXPECT_FALSE(text.push_back(1));
  EXPECT_FALSE(text.erase("a"));
  EXPECT_EQ(text, Json("x"));

  Json items;
  EXPECT_TRUE(items.push_back(1));
  EXPECT_FALSE(items.set("a", 1));
  EXPECT_EQ(items, Json::array({1}));
}

TEST(JsonValue, ChangesThroughFind) {
  Json json = Json::object({{"a", Json::object({{"b", 1}})}});

  json.find("a")->set("b", 2);

  EXPECT_EQ(json.dump(), R"({"a":{"b":2}})");
}

// The document and every pointer of RFC 6901 §5.
TEST(JsonPointer, KeepsTheExamplesOfRfc6901) {
  const Json json = Json::parse(R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,)"
                                R"("i\\j":5,"k\"l":6," ":7,"m~n":8})")
                        .value();

  EXPECT_EQ(json.at_pointer(""), &json);
  EXPECT_EQ(*json.at_pointer("/foo"), Json::array({"bar", "baz"}));
  EXPECT_EQ(*json.at_pointer("/foo/0"), Json("bar"));
  EXPECT_EQ(*json.at_pointer("/"), Json(0));
  EXPECT_EQ(*json.at_pointer("/a~1b"), Json(1));
  EXPECT_EQ(*json.at_pointer("/c%d"), Json(2));
  EXPECT_EQ(*json.at_pointer("/e^f"), Json(3));
  EXPECT_EQ(*json.at_pointer("/g|h"), Json(4));
  EXPECT_EQ(*json.at_pointer("/i\\j"), Json(5));
  EXPECT_EQ(*json.at_pointer("/k\"l"), Json(6));
  EXPECT_EQ(*json.at_pointer("/ "), Json(7));
  EXPECT_EQ(*json.at_pointer("/m~0n"), Json(8));
}

TEST(JsonPointer, LeadsNowhereWhenItIsWrong) {
  const Json json = Json::parse(R"({"a":["x","y"],"m~n":1,"m~":2})").value();

  for (const char* pointer : {"a", "/b", "/a/2", "/a/-", "/a/01", "/a/+1", "/a/ 1", "/a/1x", "/a/", "/a/0/x", "/m~n",
      "/m~2n", "/m~",
                              "/a/99999999999999999999999"}) {
    EXPECT_EQ(json.at_pointer(pointer), nullptr) << pointer;
  }
}

TEST(JsonPointer, EscapesTokens) {
  for (const std::string token : {"a/b", "m~n", "~1", "~0~/", ""}) {
    Json json;
    json.set(token, true);
    EXPECT_EQ(*json.at_pointer("/" + json_pointer_escape(token)), Json(true)) << token;
  }
  EXPECT_EQ(json_pointer_escape("~1/"), "~01~1");
}

}  // namespace
}  // namespace mimir::codec
