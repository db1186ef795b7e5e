#include <mockoauth/document/document.hpp>

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::document {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object",
  "required": ["id"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string", "pattern": "^[a-z-]+$", "title": "small letters and hyphens"},
    "name": {"type": "string", "minLength": 1, "maxLength": 3},
    "plain": {"type": "string", "pattern": "^a+$"},
    "count": {"type": "integer", "minimum": 1, "maximum": 9},
    "ratio": {"type": "number", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 0.5},
    "mode": {"enum": ["required", "optional", "ignored"]},
    "fixed": {"enum": [1]},
    "maybe": {"type": ["string", "null"]},
    "flag": {"type": "boolean"},
    "list": {"type": "array", "items": {"enum": ["query", "fragment"]}, "minItems": 1, "maxItems": 2, "uniqueItems": true},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 1},
    "nothing": {"type": "object", "additionalProperties": false},
    "needs": {"type": "object", "dependencies": {"a": ["b"]}},
    "never": {"not": {"type": "string"}},
    "steps": {"type": "array", "items": {"$ref": "#/definitions/step"}},
    "choice": {"anyOf": [{"type": "string", "enum": ["once"]}, {"type": "string", "enum": ["twice"]}, {"type": "integer"}]},
    "tree": {"$ref": "#/definitions/tree"},
    "all": {"allOf": [{"required": ["a"]}, {"required": ["b"]}]},
    "titled": {"oneOf": [{"title": "a list of names", "type": "array", "items": {"type": "string"}},
                         {"title": "one name", "type": "string"}]},
    "both": {"oneOf": [{"title": "a number", "type": "number"}, {"title": "something small", "maximum": 5}]}
  },
  "definitions": {
    "step": {
      "oneOf": [
        {"title": "a client step", "type": "object", "required": ["client"], "additionalProperties": false,
         "properties": {"client": {"enum": ["login", "call"]}, "expect": {"type": "object"}}},
        {"title": "a clock step", "type": "object", "required": ["clock"], "additionalProperties": false,
         "properties": {"clock": {"type": "object", "properties": {"advance": {"type": "string"}},
                                  "additionalProperties": false}}}
      ]
    },
    "tree": {"type": "object", "properties": {"child": {"$ref": "#/definitions/tree"}}, "additionalProperties": false}
  }
})";

class SchemaCheck : public ::testing::Test {
 protected:
  static const Schema& schema() {
    static const Schema schema(kSchema);
    return schema;
  }
  static std::string verdict(const std::string& text) {
    const auto document = parse(text, "x.yaml");
    if (!document) return document.error().to_string();
    const auto outcome = schema().check(*document);
    return outcome ? "fits" : outcome.error().to_string();
  }
};

TEST_F(SchemaCheck, AcceptsWhatFits) {
  EXPECT_EQ(verdict("id: a-b\nname: äöü\ncount: 9\nratio: 1.5\nmode: optional\nmaybe: null\nflag: false\nlist: [query]\n"
                    "map: {x: 1}\nsteps: [{client: login, expect: {}}, {clock: {advance: 1d}}]\nchoice: 3\n"
                    "tree: {child: {child: {}}}\nall: {a: 1, b: 2}\ntitled: [a]\nnothing: {}\n"
                    "needs: {a: 1, b: 1}\nnever: 1\n"),
            "fits");
}

TEST_F(SchemaCheck, SaysTheRuleAndThePlace) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"[]", "x.yaml:1:1: expected a mapping, found a list"},
      {"name: x\n", "x.yaml:1:1: required member \"id\" is missing"},
      {"id: 5\n", "x.yaml:1:5: expected a string, found a number (at /id)"},
      {"id: null\n", "x.yaml:1:5: expected a string, found null (at /id)"},
      {"id: A\n", "x.yaml:1:5: \"A\" does not fit: expected small letters and hyphens (at /id)"},
      {"id: a\nplain: b\n", "x.yaml:2:8: \"b\" does not match ^a+$ (at /plain)"},
      {"id: a\nname: ''\n", "x.yaml:2:7: must not be empty (at /name)"},
      {"id: a\nname: abcd\n", "x.yaml:2:7: must have at most 3 characters (at /name)"},
      {"id: a\ncount: 0\n", "x.yaml:2:8: must be at least 1 (at /count)"},
      {"id: a\ncount: 10\n", "x.yaml:2:8: must be at most 9 (at /count)"},
      {"id: a\ncount: 1.5\n", "x.yaml:2:8: expected a whole number, found 1.5 (at /count)"},
      {"id: a\nratio: 0\n", "x.yaml:2:8: must be more than 0 (at /ratio)"},
      {"id: a\nratio: 0.7\n", "x.yaml:2:8: must be a multiple of 0.5 (at /ratio)"},
      {"id: a\nmode: requird\n",
       "x.yaml:2:7: \"requird\" is not one of \"required\", \"optional\", \"ignored\"; did you mean \"required\"? (at /mode)"},
      {"id: a\nmode: 7\n", "x.yaml:2:7: 7 is not one of \"required\", \"optional\", \"ignored\" (at /mode)"},
      {"id: a\nfixed: 2\n", "x.yaml:2:8: 2 is not 1 (at /fixed)"},
      {"id: a\nmaybe: 2\n", "x.yaml:2:8: expected a string or null, found a number (at /maybe)"},
      {"id: a\nflag: yes\n", "x.yaml:2:7: expected true or false, found a string (at /flag)"},
      {"id: true\n", "x.yaml:1:5: expected a string, found true (at /id)"},
      {"id: a\nlist: []\n", "x.yaml:2:1: needs at least 1 item (at /list)"},
      {"id: a\nlist: [query, fragment, query]\n", "x.yaml:2:1: may have at most 2 items (at /list)"},
      {"id: a\nlist: [query, query]\n", "x.yaml:2:15: \"query\" is in the list twice (at /list/1)"},
      {"id: a\nlist: [querry]\n",
       "x.yaml:2:8: \"querry\" is not one of \"query\", \"fragment\"; did you mean \"query\"? (at /list/0)"},
      {"id: a\nmap:\n  x: y\n", "x.yaml:3:6: expected a whole number, found a string (at /map/x)"},
      {"id: a\nmap: {x: 1, y: 2}\n", "x.yaml:2:1: may have at most 1 member (at /map)"},
      {"id: a\nnothing: {y: 1}\n", "x.yaml:2:11: unknown member \"y\" (no member is known here) (at /nothing/y)"},
      {"id: a\nneeds: {a: 1}\n", "x.yaml:2:9: member \"a\" needs member \"b\" beside it (at /needs/a)"},
      {"id: a\nnever: x\n", "x.yaml:2:1: this is not allowed here (at /never)"},
      {"id: a\nall: {a: 1}\n", "x.yaml:2:1: required member \"b\" is missing (at /all)"},
      {"id: a\ntree:\n  child:\n    chld: {}\n",
       "x.yaml:4:5: unknown member \"chld\" (known here: child); did you mean \"child\"? (at /tree/child/chld)"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(verdict(text), expected) << text;
}

TEST_F(SchemaCheck, NamesTheNearestOfManyMembers) {
  EXPECT_EQ(verdict("id: a\nstepz: []\n"), "x.yaml:2:1: unknown member \"stepz\"; did you mean \"steps\"? (at /stepz)");
}

TEST_F(SchemaCheck, FindsTheAlternativeThatWasMeant) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"steps: [{client: logn}]", "x.yaml:2:18: \"logn\" is not one of \"login\", \"call\"; did you mean \"login\"? (at "
                                  "/steps/0/client)"},
      {"steps: [{client: call, expct: {}}]", "x.yaml:2:24: unknown member \"expct\" (known here: client, expect); did you "
                                             "mean \"expect\"? (at /steps/0/expct)"},
      {"steps: [{clietn: call}]", "x.yaml:2:10: unknown member \"clietn\" (known here: client, clock, expect); did you mean "
                                  "\"client\"? (at /steps/0/clietn)"},
      {"steps: [{clock: {advanse: 1d}}]", "x.yaml:2:18: unknown member \"advanse\" (known here: advance); did you mean "
                                          "\"advance\"? (at /steps/0/clock/advanse)"},
      {"steps: [{}]", "x.yaml:2:9: expected a client step or a clock step (at /steps/0)"},
      {"steps: [3]", "x.yaml:2:9: expected a client step or a clock step, found a number (at /steps/0)"},
      {"choice: onse", "x.yaml:2:9: \"onse\" is not one of \"once\", \"twice\"; did you mean \"once\"? (at /choice)"},
      {"choice: []", "x.yaml:2:9: expected a string or a whole number, found a list (at /choice)"},
      {"titled: [1]", "x.yaml:2:10: expected a string, found a number (at /titled/0)"},
      {"both: 3", "x.yaml:2:1: this fits more than one alternative; expected a number or something small (at /both)"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(verdict("id: a\n" + text + "\n"), expected) << text;
}

TEST_F(SchemaCheck, ShowsHostileTextShortAndHarmless) {
  const auto message = verdict("id: a\nmode: \"" + std::string(100'000, 'x') + "\"\n");
  EXPECT_LT(message.size(), 200U);
  EXPECT_THAT(verdict("id: a\nmode: \"a\\e[31m\"\n"), ::testing::HasSubstr("\"a\\x1b[31m\" is not one of"));
  EXPECT_LT(verdict("id: a\n" + std::string(900, 'k') + ": 1\n").size(), 1200U);
}

TEST_F(SchemaCheck, MatchesLongTextInLinearTime) {
  EXPECT_EQ(verdict("id: " + std::string(500'000, 'a') + "\n"), "fits");
  EXPECT_THAT(verdict("id: " + std::string(500'000, 'a') + "1\n"), ::testing::HasSubstr("does not fit"));
}

TEST_F(SchemaCheck, IsSafeFromSeveralThreads) {
  std::vector<std::thread> threads;
  std::vector<std::string> verdicts(4);
  for (std::size_t index = 0; index < verdicts.size(); ++index) {
    threads.emplace_back([&, index] {
      for (int i = 0; i < 50; ++i) verdicts[index] = verdict("id: abc-def\nplain: aaaaaa\n");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(verdicts, ::testing::Each("fits"));
}

TEST(Schema, ThatIsBrokenIsABrokenBuild) {
  EXPECT_THROW(Schema("{"), std::logic_error);
  EXPECT_THROW(Schema("[]"), std::logic_error);
}

TEST(Nearest, RanksByDistanceAndDropsTheFar) {
  const std::vector<std::string> candidates{"google", "github", "gitlab", "plain"};
  EXPECT_EQ(nearest("gogle", candidates), (std::vector<std::string>{"google"}));
  EXPECT_EQ(nearest("gitla", candidates).front(), "gitlab");
  EXPECT_TRUE(nearest("zzzzzzzz", candidates).empty());
}

}  // namespace
}  // namespace mockoauth::document
