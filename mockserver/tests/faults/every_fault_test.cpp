// Every fault that is registered is provoked by its own example, with it and without it.
#include <algorithm>

#include "tests/faults/provocation.hpp"

namespace mockoauth::server::testing {
namespace {

Json rule_of(const FaultDescription& fault) {
  Json rule = fault.example_rule.empty() ? Json::object() : Json::parse(fault.example_rule).value_or(Json());
  rule.set("fault", Json(fault.name));
  return rule;
}

TEST(EveryFault, ShowsInTheAnswerThatItsExampleAsksFor) {
  ASSERT_FALSE(known_faults().empty());
  for (const auto& fault : known_faults()) {
    SCOPED_TRACE(fault.name);
    if (fault.phase == "accept" || fault.phase == "handshake") continue;  // Needs a connection: ci/faults_page.py.
    Engine usual(fault_profile());
    Engine again(fault_profile());
    Engine struck(fault_profile());
    const auto right = text_of(prepare(usual, fault.example_asks)());
    ASSERT_EQ(text_of(prepare(again, fault.example_asks)()), right) << "without a fault two runs differ";

    const auto request = prepare(struck, fault.example_asks);
    add_rule(struck, rule_of(fault));
    const auto wrong = text_of(request());

    EXPECT_EQ(wrong != right, fault.example_shows) << wrong;
    EXPECT_EQ(struck.realm().faults().front().fired, 1) << struck.realm().faults().front().missed;
    const auto faults = struck.last().faults;
    EXPECT_EQ(std::count(faults.begin(), faults.end(), fault.name), 1);
  }
}

TEST(EveryFault, IsExplained) {
  for (const auto& fault : known_faults()) {
    EXPECT_FALSE(fault.title.empty() || fault.layer.empty()) << fault.name;
    EXPECT_FALSE(fault.title.ends_with('.')) << fault.name << ": a title is no sentence";
    EXPECT_TRUE(std::find(fault.phases.begin(), fault.phases.end(), fault.phase) != fault.phases.end()) << fault.name;
    for (const auto& argument : fault.arguments) EXPECT_TRUE(argument.meaning.ends_with('.')) << fault.name;
  }
}

// A fault is found by its name, and that means one thing.
TEST(EveryFault, HasANameOfItsOwn) {
  std::vector<std::string> names;
  for (const auto& fault : known_faults()) {
    names.push_back(fault.name);
    names.insert(names.end(), fault.other_names.begin(), fault.other_names.end());
  }
  std::sort(names.begin(), names.end());
  EXPECT_TRUE(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace
}  // namespace mockoauth::server::testing
