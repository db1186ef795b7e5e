#include <gtest/gtest.h>

#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/conformance/scenario.hpp>

namespace mockoauth::conformance {
namespace {

TEST(Glob, MatchesLikeAShell) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("expired-*", "expired-refresh"));
  EXPECT_TRUE(glob_matches("*-*sh", "expired-refresh"));
  EXPECT_TRUE(glob_matches("p?ain", "plain"));
  EXPECT_FALSE(glob_matches("expired-*", "happy-login"));
  EXPECT_FALSE(glob_matches("", "x"));
  EXPECT_FALSE(glob_matches("?", ""));
}

TEST(Glob, IsQuickOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

TEST(SelectScenarios, EveryBuiltInScenarioIsRight) {
  const auto scenarios = built_in_scenarios();
  ASSERT_TRUE(scenarios) << scenarios.error().to_string();
  EXPECT_GE(scenarios->size(), 6U);
}

TEST(SelectScenarios, TakesNamesAndGlobsOnceEach) {
  const auto scenarios = select_scenarios("happy-login,expired-*,happy-*");
  ASSERT_TRUE(scenarios) << scenarios.error().to_string();
  std::vector<std::string> ids;
  for (const auto& scenario : *scenarios) ids.push_back(scenario.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"happy-login", "expired-access", "expired-refresh"}));
}

TEST(SelectScenarios, AnUnknownNameGetsTheNearestOnes) {
  const auto scenarios = select_scenarios("expired-refesh");
  ASSERT_FALSE(scenarios);
  EXPECT_NE(scenarios.error().message.find("there is no scenario \"expired-refesh\""), std::string::npos);
  EXPECT_NE(scenarios.error().message.find("expired-refresh"), std::string::npos);
}

TEST(SelectScenarios, NothingIsNoSelection) {
  EXPECT_FALSE(select_scenarios(""));
  EXPECT_FALSE(select_scenarios(",,"));
}

TEST(SelectScenarios, AFileThatIsNotThereIsNamed) {
  const auto scenarios = select_scenarios("./no/such.yaml");
  ASSERT_FALSE(scenarios);
  EXPECT_NE(scenarios.error().to_string().find("no/such.yaml"), std::string::npos);
}

TEST(Catalogue, EveryScenariosRowsAreKnown) {
  const auto scenarios = built_in_scenarios();
  ASSERT_TRUE(scenarios);
  for (const auto& scenario : *scenarios) {
    for (const auto& id : scenario.requirement) EXPECT_NE(find_row(id), nullptr) << id;
  }
}

TEST(Catalogue, EveryRowIsDecidedByAScenario) {
  const auto scenarios = built_in_scenarios();
  ASSERT_TRUE(scenarios);
  for (const auto& row : catalogue()) {
    bool decided = false;
    for (const auto& scenario : *scenarios) {
      for (const auto& id : scenario.requirement) decided = decided || id == row.id;
    }
    EXPECT_TRUE(decided) << row.id;
    EXPECT_TRUE(row.level == "ROB" || !row.clause.empty()) << row.id << " has a level but no clause";
  }
}

TEST(Catalogue, AnUnknownRowIsNotThere) { EXPECT_EQ(find_row("no-such-row"), nullptr); }

}  // namespace
}  // namespace mockoauth::conformance
