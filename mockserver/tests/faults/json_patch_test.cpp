// JSON Patch: the examples of RFC 6902 appendix A, and what it refuses.
#include <gmock/gmock.h>

#include "protocol/json_patch.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Json;
using ::testing::HasSubstr;

Json value_of_text(const std::string& text) {
  auto json = Json::parse(text);
  if (!json) ADD_FAILURE() << json.error().message << " in " << text;
  return json.value_or(Json());
}

/// The changed document, or why there is none.
std::string patched(const std::string& document, const std::string& patch) {
  const auto read = JsonPatch::parse(value_of_text(patch));
  if (!read) return read.error().pointer + ": " + read.error().message;
  const auto changed = read->apply(value_of_text(document));
  return changed ? changed->dump() : changed.error().code + ": " + changed.error().message;
}

TEST(JsonPatch, DoesWhatTheExamplesOfTheRfcDo) {
  struct Example {
    const char* document;
    const char* patch;
    const char* result;
  };
  const Example examples[] = {
      {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])", R"({"foo":"bar","baz":"qux"})"},
      {R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])", R"({"foo":["bar","qux","baz"]})"},
      {R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
      {R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])", R"({"foo":["bar","baz"]})"},
      {R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])", R"({"baz":"boo","foo":"bar"})"},
      {R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
       R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
       R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
      {R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
       R"({"foo":["all","cows","eat","grass"]})"},
      {R"({"baz":"qux","foo":["a",2,"c"]})",
       R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
       R"({"baz":"qux","foo":["a",2,"c"]})"},
      {R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
       R"({"foo":"bar","child":{"grandchild":{}}})"},
      {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])", R"({"foo":"bar","baz":"qux"})"},
      {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
      {R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])", R"({"foo":["bar",["abc","def"]]})"},
      {R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"}])", R"({"a":{"b":1},"c":{"b":1}})"},
      {R"({"a":1})", R"([{"op":"add","path":"/a","value":null}])", R"({"a":null})"},
      {R"({"a":1})", R"([{"op":"replace","path":"","value":[1]}])", R"([1])"},
      {R"({"a":{"x":1,"y":2.0}})", R"([{"op":"test","path":"/a","value":{"y":2,"x":1}}])", R"({"a":{"x":1,"y":2.0}})"},
  };
  for (const auto& one : examples) EXPECT_EQ(patched(one.document, one.patch), one.result) << one.patch;
}

TEST(JsonPatch, ChangesNothingWhenOneOperationFails) {
  const char* failing[] = {
      R"([{"op":"add","path":"/x","value":1},{"op":"test","path":"/foo","value":"baz"}])",
      R"([{"op":"add","path":"/baz/bat","value":"qux"}])",
      R"([{"op":"remove","path":"/x"}])",
      R"([{"op":"replace","path":"/x","value":1}])",
      R"([{"op":"copy","from":"/x","path":"/y"}])",
      R"([{"op":"add","path":"/list/3","value":1}])",
      R"([{"op":"add","path":"/list/01","value":1}])",
      R"([{"op":"replace","path":"/list/-","value":1}])",
      R"([{"op":"remove","path":"/foo/0"}])",
      R"([{"op":"test","path":"/foo","value":7}])",
  };
  for (const char* patch : failing) {
    EXPECT_THAT(patched(R"({"foo":"bar","list":[1,2]})", patch), ::testing::StartsWith("patch.")) << patch;
  }
}

TEST(JsonPatch, TellsWhatIsWrongWithAPatchAndWhere) {
  struct Bad {
    const char* patch;
    const char* pointer;
    const char* part;
  };
  const Bad bad[] = {
      {R"({"op":"add"})", "", "a list of operations"},
      {R"([])", "", "1 to 1000"},
      {R"([7])", "/0", "an object"},
      {R"([{"op":"add","path":"/a","value":1},{"op":"ad","path":"/a"}])", "/1/op", "none of add, remove"},
      {R"([{"op":"add","value":1}])", "/0", "needs `path`"},
      {R"([{"op":"add","path":"a","value":1}])", "/0/path", "not a JSON pointer"},
      {R"([{"op":"add","path":"/a~2","value":1}])", "/0/path", "not a JSON pointer"},
      {R"([{"op":"add","path":"/a~","value":1}])", "/0/path", "not a JSON pointer"},
      {R"([{"op":"add","path":"/a"}])", "/0", "needs a `value`"},
      {R"([{"op":"test","path":"/a"}])", "/0", "needs a `value`"},
      {R"([{"op":"move","path":"/a"}])", "/0", "needs `from`"},
      {R"([{"op":"move","from":"/a","path":"/a/b"}])", "/0/from", "into itself"},
      {R"([{"op":"remove","path":""}])", "/0/path", "only replaced"},
  };
  for (const auto& one : bad) {
    const auto read = JsonPatch::parse(value_of_text(one.patch));
    ASSERT_FALSE(read) << one.patch;
    EXPECT_EQ(read.error().pointer, one.pointer) << one.patch;
    EXPECT_THAT(read.error().message, HasSubstr(one.part)) << one.patch;
  }
}

// Each copy of the whole doubles it, and each one into its own leaf makes it deeper.
TEST(JsonPatch, DoesNotGrowWithoutEnd) {
  Json wide = Json::array();
  Json deep = Json::array();
  for (int i = 0; i < 200; ++i) {
    wide.push_back(Json::object({{"op", "copy"}, {"from", ""}, {"path", Json("/m" + std::to_string(i))}}));
    deep.push_back(Json::object({{"op", "copy"}, {"from", "/a"}, {"path", "/b"}}));
    deep.push_back(Json::object({{"op", "replace"}, {"path", "/a"}, {"value", Json::object({{"x", 1}})}}));
    deep.push_back(Json::object({{"op", "move"}, {"from", "/b"}, {"path", "/a/x"}}));
  }
  EXPECT_THAT(patched(R"({"a":"b"})", wide.dump()), HasSubstr("too large"));
  EXPECT_THAT(patched(R"({"a":"b"})", deep.dump()), HasSubstr("too deep"));
}

}  // namespace
}  // namespace mockoauth::server::testing
