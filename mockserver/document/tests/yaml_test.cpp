#include <mockoauth/document/document.hpp>

#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::document {
namespace {

using mimir::codec::Json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Json value_of(std::string_view text) {
  const auto document = parse(text, "t.yaml");
  EXPECT_TRUE(document) << text << "\n" << (document ? "" : document.error().to_string());
  return document ? document->value : Json("<failed>");
}

std::string error_of(std::string_view text) {
  const auto document = parse(text, "t.yaml");
  return document ? "read as " + document->value.dump() : document.error().to_string();
}

TEST(Yaml, ReadsPlainScalarsByTheCoreSchema) {
  const std::vector<std::pair<std::string, Json>> table{
      {"null", Json()},          {"~", Json()},
      {"Null", Json()},          {"true", true},
      {"TRUE", true},            {"False", false},
      {"yes", "yes"},            {"no", "no"},
      {"on", "on"},              {"12", 12},
      {"-12", -12},              {"+12", 12},
      {"007", 7},                {"0x1F", 31},
      {"0o17", 15},              {"1.5", 1.5},
      {".5", 0.5},               {"1.", 1.0},
      {"1e3", 1000.0},           {"-1.5E-1", -0.15},
      {"200d", "200d"},          {"1_000", "1_000"},
      {"0b1", "0b1"},            {"0x", "0x"},
      {"1.2.3", "1.2.3"},        {"12:30", "12:30"},
      {"9223372036854775807", Json(std::int64_t{9223372036854775807})},
      {"9223372036854775808", 9223372036854775808.0},
      {"-", "-"},                {".", "."},
  };
  for (const auto& [text, expected] : table) {
    if (text == "-") continue;  // A list with one empty item.
    EXPECT_EQ(value_of("v: " + text + "\n"), Json::object({{"v", expected}})) << text;
  }
}

TEST(Yaml, ReadsQuotedScalarsAsStrings) {
  EXPECT_EQ(value_of("'12'"), Json("12"));
  EXPECT_EQ(value_of("\"true\""), Json("true"));
  EXPECT_EQ(value_of("!!str 12"), Json("12"));
  EXPECT_EQ(value_of("!!str null"), Json("null"));
  EXPECT_EQ(value_of("|\n  1\n  2\n"), Json("1\n2\n"));
  EXPECT_EQ(value_of("''"), Json(""));
}

TEST(Yaml, ReadsJson) {
  EXPECT_EQ(value_of(R"({"a": [1, 2.5, "x\ny", null, true], "b": {"c": "\u00e9\/"}})"),
            Json::object({{"a", Json::array({1, 2.5, "x\ny", Json(), true})}, {"b", Json::object({{"c", "é/"}})}}));
  EXPECT_EQ(value_of("{\n\t\"a\":\t1\n}\n"), Json::object({{"a", 1}}));
}

TEST(Yaml, KeepsTheOrderOfMembersAndEmptyValues) {
  EXPECT_EQ(value_of("b: 1\na:\nc: []\nd: {}\n").dump(), R"({"b":1,"a":null,"c":[],"d":{}})");
}

TEST(Yaml, TakesAByteOrderMarkAndComments) {
  EXPECT_EQ(value_of("\xEF\xBB\xBF# why\na: 1 # what\n"), Json::object({{"a", 1}}));
}

TEST(Yaml, KnowsThePlaceOfEveryNodeByPointer) {
  const auto document = parse("id: x\nsteps:\n  - client: call\n    expect: {outcome: ok}\n  - a/b~c: 1\n", "t.yaml");

  ASSERT_TRUE(document);
  const auto at = [&](std::string_view pointer) {
    const auto place = document->place_of(pointer);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  EXPECT_EQ(at(""), "1:1");
  EXPECT_EQ(at("/id"), "1:5");
  EXPECT_EQ(at("/steps"), "3:3");
  EXPECT_EQ(at("/steps/0"), "3:5");
  EXPECT_EQ(at("/steps/0/client"), "3:13");
  EXPECT_EQ(at("/steps/0/expect/outcome"), "4:23");
  EXPECT_EQ(at("/steps/1/a~1b~0c"), "5:12");
  EXPECT_EQ(at("/steps/0/nothing/here"), "3:5");
  EXPECT_EQ(document->key_place_of("/steps").line, 2);
  EXPECT_EQ(document->error_at("/steps/0/client", "is odd").to_string(),
            "t.yaml:3:13: is odd (at /steps/0/client)");
}

TEST(Yaml, RepeatsWhatAnAliasNames) {
  EXPECT_EQ(value_of("a: &x {n: 1}\nb: *x\nc: [*x, *x]\n").dump(), R"({"a":{"n":1},"b":{"n":1},"c":[{"n":1},{"n":1}]})");
  EXPECT_EQ(value_of("&k key: 1\nb: *k\n").dump(), R"({"key":1,"b":"key"})");
}

TEST(Yaml, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"a: 1\nb: 2\na: 3\n", "t.yaml:3:1: member \"a\" is there twice, first in line 1"},
      {"x:\n  a: 1\n  a: 2\n", "t.yaml:3:3: member \"a\" is there twice, first in line 2 (at /x)"},
      {"1: x\n", "t.yaml:1:1: a member's name must be a string; put it in quotes"},
      {"true: x\n", "t.yaml:1:1: a member's name must be a string; put it in quotes"},
      {"? [a]\n: x\n", "t.yaml:1:3: a member's name must be a string, not a list or a mapping"},
      {"a: .inf\n", "t.yaml:1:4: \".inf\" is no number that JSON can hold"},
      {"a: 1e999\n", "t.yaml:1:4: the number \"1e999\" is too large"},
      {"a: 0xfffffffffffffffff\n", "t.yaml:1:4: the number \"0xfffffffffffffffff\" is too large"},
      {"a: !!int abc\n", "t.yaml:1:4: \"abc\" is not what its tag !!int says"},
      {"a: !secret abc\n", "t.yaml:1:4: the tag \"!secret\" is not understood here"},
      {"a: !!set {b: 1}\n", "t.yaml:1:4: the tag \"tag:yaml.org,2002:set\" is not understood here"},
      {"a: &x [*x]\n", "t.yaml:1:8: an alias may not stand inside of what it repeats (at /a)"},
      {"", "t.yaml:1:1: there is nothing in it"},
      {"# only a comment\n", "t.yaml:1:1: there is nothing in it"},
      {"a: 1\n---\nb: 2\n", "t.yaml:2:1: only one document may be in a file"},
      {std::string("a: \0b\n", 6), "t.yaml:1:4: control character U+0000 is not allowed in a data file"},
      {"a: b\nc: \x1b[31m\n", "t.yaml:2:4: control character U+001B is not allowed in a data file"},
      {"a: \xff\n", "t.yaml:1:4: this byte is not UTF-8"},
      {"a: \xc0\xaf\n", "t.yaml:1:4: this byte is not UTF-8"},
      {"a: \xed\xa0\x80\n", "t.yaml:1:4: this byte is not UTF-8"},
      {"a: \xf4\x90\x80\x80\n", "t.yaml:1:4: this byte is not UTF-8"},
      {"a: \xe2\x82", "t.yaml:1:4: this byte is not UTF-8"},
      {std::string("\xff\xfe" "a\0", 4), "t.yaml:1:1: this byte is not UTF-8"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(error_of(text), expected) << text;
}

TEST(Yaml, PassesOnWhereTheSyntaxBreaks) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"a: \"x\n", "t.yaml:2:1: this is not YAML: a quote is not closed"},
      {"a: 'x", "t.yaml:2:1: this is not YAML: a quote is not closed"},
      {"a: [1, 2\n", "t.yaml:2:1: this is not YAML: "},
      {"a: {b: 1\n", "t.yaml:2:1: this is not YAML: "},
      {"a: b: c\n", "t.yaml:1:5: this is not YAML: "},
      {"a: 1\n b: 2\n", "t.yaml:2:3: this is not YAML: "},
      {"a:\n\tb: 1\n", "t.yaml:2:"},
      {"a: *nowhere\n", "t.yaml:1:4: this is not YAML: "},
      {"a: @x\n", "t.yaml:1:4: this is not YAML: "},
      {"%YAML 9.9\n---\na: 1\n", "t.yaml:"},
  };
  for (const auto& [text, start] : table) EXPECT_THAT(error_of(text), StartsWith(start)) << text;
}

TEST(Yaml, RefusesAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    const std::string name = "a" + std::to_string(level);
    bomb += name + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) bomb += (i == 0 ? "" : ", ") + below;
    bomb += "]\n";
  }
  EXPECT_THAT(error_of(bomb), HasSubstr("aliases multiply this to more than 10000 values"));
}

TEST(Yaml, RefusesDeepNesting) {
  const std::string deep = "nested deeper than 64 levels";
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr(deep));
  std::string maps;
  for (int i = 0; i < 100'000; ++i) maps += "{a: ";
  EXPECT_THAT(error_of(maps), HasSubstr(deep));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_THAT(error_of(dashes), HasSubstr(deep));
  std::string block;
  for (int i = 0; i < 1000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(error_of(block), HasSubstr(deep));
  EXPECT_THAT(error_of(std::string(64, '[') + std::string(64, ']')), StartsWith("read as "));
}

TEST(Yaml, RefusesComplexKeysHoweverDeep) {
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "? ";
  EXPECT_THAT(error_of(keys), HasSubstr("nested deeper than 64 levels"));
}

TEST(Yaml, RefusesWhatIsTooLarge) {
  EXPECT_EQ(error_of("a: " + std::string(1024 * 1024, 'x')), "t.yaml: larger than 1 MiB");
  EXPECT_THAT(error_of("a: " + std::string(1024 * 1024 - 4, 'x')), StartsWith("read as "));
}

TEST(Yaml, BoundsTheMemoryOfPlaces) {
  std::string text = std::string(500, 'k') + ":\n";
  for (int i = 0; i < 200'000; ++i) text += "- a\n";
  EXPECT_THAT(error_of(text), HasSubstr("too many values below too long names"));
}

TEST(Yaml, LoadsAFile) {
  const auto path = std::filesystem::temp_directory_path() / ("mockoauth-yaml-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << "a: 1\n";

  const auto document = load(path);
  std::filesystem::remove(path);

  ASSERT_TRUE(document);
  EXPECT_EQ(document->file, path.string());
  EXPECT_EQ(document->value, Json::object({{"a", 1}}));
}

TEST(Yaml, SaysWhyAFileCannotBeRead) {
  const auto absent = load("/no/such/file.yaml");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().to_string(), "/no/such/file.yaml: cannot be read: No such file or directory");
  const auto folder = load("/tmp");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().to_string(), "/tmp: cannot be read: it is a folder");
}

}  // namespace
}  // namespace mockoauth::document
