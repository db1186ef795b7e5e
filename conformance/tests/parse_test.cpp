#include <gtest/gtest.h>

#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/conformance/scenario.hpp>

namespace mockoauth::conformance {
namespace {

std::string scenario_with(const std::string& steps, const std::string& more = "") {
  return "id: x\ntitle: X\nrequirement: [state-sent]\n" + more + "steps:\n" + steps + "expect: {}\n";
}

TEST(ParseScenario, ReadsEveryActor) {
  const auto scenario = parse_scenario(scenario_with("  - browser: {tamper: {state: other}}\n"
                                                     "  - server: {fault: pkce.lose_challenge, when: {endpoint: token}, times: 2}\n"
                                                     "  - clock: {advance: 90m}\n"
                                                     "  - port: {occupy: 2}\n"
                                                     "  - client: login\n"
                                                     "    expect: {outcome: [refused, failed], asked_user: true}\n",
                                                     "given: {ports: 2, account: {user: grace, signed_in: true}}\n"),
                                       "x.yaml");
  ASSERT_TRUE(scenario) << scenario.error().to_string();

  EXPECT_EQ(scenario->user, "grace");
  EXPECT_TRUE(scenario->signed_in);
  ASSERT_EQ(scenario->steps.size(), 5U);
  EXPECT_EQ(std::get<BrowserStep>(scenario->steps[0].what).tamper.at("state"), "other");
  const auto& rule = std::get<FaultStep>(scenario->steps[1].what).rule;
  EXPECT_EQ(rule.when.endpoint, "token");
  EXPECT_EQ(rule.times, 2);
  EXPECT_EQ(std::get<ClockStep>(scenario->steps[2].what).advance, std::chrono::minutes(90));
  EXPECT_EQ(std::get<PortStep>(scenario->steps[3].what).port, 2);
  const auto& client = std::get<ClientStep>(scenario->steps[4].what);
  EXPECT_EQ(client.outcome, (std::vector<Outcome>{Outcome::Refused, Outcome::Failed}));
  EXPECT_EQ(client.asked_user, true);
}

struct BadScenario {
  const char* name;
  std::string text;
  int line;
  const char* message;
};

class ParseBadScenario : public testing::TestWithParam<BadScenario> {};

TEST_P(ParseBadScenario, IsRefusedWithItsPlace) {
  const auto scenario = parse_scenario(GetParam().text, "x.yaml");
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().line, GetParam().line) << scenario.error().to_string();
  EXPECT_NE(scenario.error().to_string().find(GetParam().message), std::string::npos) << scenario.error().to_string();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseBadScenario,
    testing::Values(
        BadScenario{"port_beyond_given", scenario_with("  - port: {occupy: 1}\n"), 5, "port 1 of given.ports, which has 0"},
        BadScenario{"no_actor", scenario_with("  - expect: {outcome: done}\n"), 5, "no actor"},
        BadScenario{"expect_of_the_server", scenario_with("  - server: {revoke: all}\n    expect: {outcome: done}\n"), 6, "only a client's step"},
        BadScenario{"unknown_knob", scenario_with("  - client: login\n", "fits: {pkce.moed: required}\n"), 4, "no such knob"},
        BadScenario{"unknown_outcome", scenario_with("  - client: login\n    expect: {outcome: great}\n"), 6, "outcome"},
        BadScenario{"bad_duration", scenario_with("  - clock: {advance: 5 parsecs}\n"), 5, "5 parsecs"},
        BadScenario{"server_does_nothing", scenario_with("  - server: {times: 2}\n"), 5, "neither a `fault` nor"},
        BadScenario{"unknown_fault", scenario_with("  - server: {fault: http.sttus}\n"), 5, "did you mean http.status"},
        BadScenario{"fault_argument", scenario_with("  - server:\n      fault: http.status\n      arguments:\n        status: 42\n"), 8,
                    "200 to 599"},
        BadScenario{"action_of_a_sequence",
                    scenario_with("  - server:\n      then:\n        - {fault: behave}\n        - {fault: hold}\n"), 8, "needs the argument"},
        BadScenario{"fault_elsewhere", scenario_with("  - server: {fault: pkce.accept_any, when: {endpoint: authorize}}\n"), 5,
                    "strikes only"},
        BadScenario{"two_deeds", scenario_with("  - server: {expire: access_tokens, fault: behave}\n"), 5, "one thing a step"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ParseScenario, TakesTheWholeGrammarOfFaultRules) {
  const auto scenario = parse_scenario(scenario_with(R"(  - server:
      when: {endpoint: token, param: {scope: {matches: 'api*'}}, header: {X-Case: '7'}, nth: [1, 3]}
      then:
        - {fault: http.status, arguments: {status: 503}, times: 2}
        - {fault: token.type, phase: before_send}
      afterwards: fail
      after: 1
      name: outage
)"), "s.yaml");
  ASSERT_TRUE(scenario) << scenario.error().to_string();
  const auto* step = std::get_if<FaultStep>(&scenario->steps.front().what);
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->rule.then.size(), 2u);
  EXPECT_EQ(step->rule.then.front().times, 2);
  EXPECT_EQ(step->rule.when.parameters.front().second.text, "api*");
  EXPECT_EQ(step->rule.when.nth.size(), 2u);
  EXPECT_EQ(step->rule.afterwards, server::Afterwards::Fail);
  EXPECT_EQ(step->rule.name, "outage");
}

TEST(ParseAdapter, TakesStepsStatusesAndCapabilities) {
  const auto adapter = parse_adapter("client: x\nsteps: {login: [a, '{issuer}'], any: [b]}\nexit_status: {0: done, 77: declined}\n", "a.yaml");
  ASSERT_FALSE(adapter) << "a key that is no string must be quoted";
  const auto quoted = parse_adapter("client: x\nsteps: {login: [a, '{issuer}'], any: [b]}\nexit_status: {'0': done, '77': declined}\n", "a.yaml");
  ASSERT_TRUE(quoted) << quoted.error().to_string();
  EXPECT_EQ(quoted->exit_status.at(77), Outcome::Declined);
  EXPECT_FALSE(quoted->exit_status.contains(3));
  EXPECT_TRUE(quoted->capabilities.contains("logout"));
}

TEST(ParseAdapter, RefusesAStatusThatIsNone) {
  const auto adapter = parse_adapter("client: x\nsteps: {any: [b]}\nexit_status: {'256': done}\n", "a.yaml");
  ASSERT_FALSE(adapter);
  EXPECT_EQ(adapter.error().line, 3);
}

TEST(ContractAdapter, IsNamedAfterTheScript) {
  EXPECT_EQ(contract_adapter({"python3", "-u", "./tools/my_client.py"}).client, "my_client.py");
  EXPECT_EQ(contract_adapter({"mycli"}).client, "mycli");
}

}  // namespace
}  // namespace mockoauth::conformance
