#include <mockoauth/conformance/runner.hpp>

#include <sstream>

#include <gtest/gtest.h>

#include <mockoauth/conformance/report.hpp>
#include <mockoauth/conformance/transcript.hpp>

namespace mockoauth::conformance {
namespace {

Scenario built_in(const std::string& id) { return select_scenarios(id).value().front(); }

RunResult run_native(const Scenario& scenario, const std::string& provider = "plain", NativeOptions options = {}) {
  const auto driver = make_native_driver(options);
  return run_scenario(scenario, server::Profile::find(provider).value(), *driver);
}

std::string transcript(const RunResult& result) {
  std::ostringstream out;
  write_transcript(out, result, {});
  return out.str();
}

TEST(Runner, TheBundledClientHoldsEveryBuiltInScenarioWithAPlainProviderAndAnOddOne) {
  const auto scenarios = built_in_scenarios();
  ASSERT_TRUE(scenarios) << scenarios.error().to_string();
  for (const auto& scenario : *scenarios) {
    for (const char* id : {"plain", "google"}) {
      const auto profile = server::Profile::find(id).value();
      if (!scenario.fits_profile(profile)) continue;
      const auto result = run_native(scenario, id);
      EXPECT_EQ(result.verdict, Verdict::Pass) << transcript(result);
    }
  }
}

TEST(Runner, ABrokenReloginFailsExpiredRefreshAndSaysWhy) {
  const auto result = run_native(built_in("expired-refresh"), "plain", {.log_in_again = false});
  EXPECT_EQ(result.verdict, Verdict::Fail);
  EXPECT_NE(result.reason.find("expected reauthenticated; seen: failed"), std::string::npos) << result.reason;
}

TEST(Runner, AServerThatDoesNotMisbehaveMakesARefusalFail) {
  // The stimulus is missing: the login succeeds, and the scenario must notice rather than pass.
  auto scenario = built_in("bad-pkce");
  std::erase_if(scenario.steps, [](const Step& step) { return step.actor == "browser" || step.actor == "server"; });
  EXPECT_EQ(run_native(scenario).verdict, Verdict::Fail);
}

TEST(Runner, AFaultThatNeverStrikesIsInconclusive) {
  const auto scenario = parse_scenario("id: x\ntitle: X\nrequirement: [state-sent]\n"
                                       "steps:\n"
                                       "  - server: {fault: pkce.lose_challenge, when: {client_id: somebody-else}}\n"
                                       "  - client: login\n"
                                       "expect: {}\n",
                                       "x.yaml");
  ASSERT_TRUE(scenario) << scenario.error().to_string();
  const auto result = run_native(*scenario);
  EXPECT_EQ(result.verdict, Verdict::Inconclusive);
  EXPECT_NE(result.reason.find("pkce.lose_challenge"), std::string::npos) << result.reason;
}

TEST(Runner, ADeniedLoginIsDeclined) {
  const auto scenario = parse_scenario("id: x\ntitle: X\nrequirement: [state-sent]\n"
                                       "steps:\n"
                                       "  - browser: deny\n"
                                       "  - client: login\n"
                                       "    expect: {outcome: declined}\n"
                                       "expect: {requests: [{token: {times: 0}}]}\n"
                                       "twin: {without: browser}\n",
                                       "x.yaml");
  ASSERT_TRUE(scenario) << scenario.error().to_string();
  const auto result = run_native(*scenario);
  EXPECT_EQ(result.verdict, Verdict::Pass) << transcript(result);
}

Scenario account_scenario(const std::string& event, const std::string& expect) {
  return parse_scenario("id: x\ntitle: X\nrequirement: [state-sent]\n"
                        "given:\n  account: {user: ada, signed_in: true}\n"
                        "steps:\n"
                        "  - server: {account: " + event + "}\n"
                        "  - client: call\n"
                        "    expect: {outcome: reauthenticated}\n"
                        "expect: {" + expect + "}\n",
                        "x.yaml").value();
}

TEST(Runner, AnAccountEventEndsTheLoginWhereTheProfileSaysSo) {
  const auto scenario = account_scenario("password_change", "requests: [{token: {answered: invalid_grant, times: 1}}]");
  const auto result = run_native(scenario, "google");
  EXPECT_EQ(result.verdict, Verdict::Pass) << transcript(result);
  EXPECT_NE(transcript(result).find("password_change"), std::string::npos);
}

TEST(Runner, AnAccountEventThatEndsNothingIsAnErrorOfTheBench) {
  const auto result = run_native(account_scenario("password_change", ""), "plain");
  EXPECT_EQ(result.verdict, Verdict::Error);
  EXPECT_NE(transcript(result).find("no login of this provider ends by password_change"), std::string::npos)
      << transcript(result);
}

TEST(Runner, TheSameSeedGivesTheSameTranscript) {
  const auto strip_time = [](RunResult result) {
    result.duration = {};
    return transcript(result);
  };
  const auto scenario = built_in("expired-refresh");
  EXPECT_EQ(strip_time(run_native(scenario)), strip_time(run_native(scenario)));
}

TEST(Transcript, TellsStepsExchangesVerdictAndClauses) {
  const auto text = transcript(run_native(built_in("expired-refresh")));
  for (const char* part : {"the clock advances 200 days", "grant_type=refresh_token", "invalid_grant", "✓ reauthenticated",
                           "twin", "PASS  expired-refresh", "RFC 6749 §5.2"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is missing in\n" << text;
  }
}

TEST(Transcript, NoControlCharacterOfAClientReachesTheTerminal) {
  RunResult result;
  result.scenario.id = "x";
  result.main.steps.push_back({.actor = "client", .title = "t", .said = {"\033[2Jgone\a"}});
  EXPECT_EQ(transcript(result).find('\033'), std::string::npos);
}

TEST(Report, HoldsEveryRunWithVerdictClauseAndExchange) {
  const auto report = report_json({run_native(built_in("expired-refresh"))});
  const auto& run = report.find("runs")->as_array()->front();
  EXPECT_EQ(run.string_at("verdict"), "pass");
  EXPECT_EQ(run.find("requirement")->as_array()->front().string_at("clause"), "RFC 6749 §5.2");
  EXPECT_NE(report.dump().find("invalid_grant"), std::string::npos);
}

TEST(Report, HoldsNoSecret) {
  const auto result = run_native(built_in("happy-login"));
  const auto text = report_json({result}).dump();
  for (const auto& step : result.main.steps) {
    for (const auto& exchange : step.exchanges) {
      for (const char* name : {"code", "code_verifier", "refresh_token", "token"}) {
        const auto secret = exchange.parameters.first(name);
        EXPECT_TRUE(!secret || text.find(*secret) == std::string::npos) << name;
      }
    }
  }
}

TEST(Report, MarkupInAClientsWordsStaysText) {
  RunResult result;
  result.client = "<script>alert(1)</script>";
  result.main.steps.push_back({.actor = "client", .title = "t", .said = {"<img src=x>"}});
  const auto html = report_html(report_json({result}));
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
}

}  // namespace
}  // namespace mockoauth::conformance
