// No knob is idle: for each value that one can have there is a request by which a server that has it can be told from one
// that has not. Whoever adds a knob and reads it nowhere gets a red test of its name.
#include <gtest/gtest.h>

#include "protocol/vocabulary.hpp"
#include "tests/profiles/knob_effect.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Json;

std::vector<std::string> knob_names() {
  std::vector<std::string> names;
  for (const auto& knob : Vocabulary::instance().knobs) {
    auto name = knob.string_at("name").value_or("");
    if (!is_shown_elsewhere(name)) names.push_back(std::move(name));
  }
  return names;
}

class EveryKnob : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryKnob, ChangesWhatIsSeen) {
  const auto& vocabulary = Vocabulary::instance();
  const Json& knob = vocabulary.knobs[vocabulary.index.at(GetParam())];
  const auto facets = facets_of(knob);
  ASSERT_FALSE(facets.empty()) << "no profile sets " << GetParam() << "; give an example of it in knob_effect.cpp";
  if (each_has_to_tell(knob)) {
    for (const auto& facet : facets) {
      if (facet.value.is_string() && is_shown_elsewhere(GetParam(), *facet.value.as_string())) continue;
      EXPECT_TRUE(effect_of(GetParam(), facet)) << facet.what << " changes nothing that a client can see";
    }
    return;
  }
  for (const auto where : {Where::Likely, Where::Anywhere}) {
    for (const auto& facet : facets) {
      if (effect_of(GetParam(), facet, where)) return;
    }
  }
  FAIL() << GetParam() << " changes nothing that a client can see, whatever it is set to";
}

INSTANTIATE_TEST_SUITE_P(IdleKnobs, EveryKnob, ::testing::ValuesIn(knob_names()), [](const auto& row) {
  std::string name = row.param;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
});

// What a knob looks like that nobody reads.
TEST(IdleKnobs, OneThatNobodyReadsIsFound) {
  EXPECT_EQ(told_apart(Profile::plain(), with_knob(Profile::plain(), "access.ttl_s", Json(3600))), std::nullopt);
  EXPECT_NE(told_apart(Profile::plain(), with_knob(Profile::plain(), "access.ttl_s", Json(60))), std::nullopt);
  EXPECT_EQ(effect_of("made.up", {"made.up: 1", Json()}), std::nullopt);
}

}  // namespace
}  // namespace mockoauth::server::testing
