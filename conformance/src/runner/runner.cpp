#include <mockoauth/conformance/runner.hpp>

#include <algorithm>

#include "judge.hpp"
#include "player.hpp"

namespace mockoauth::conformance {
namespace {

// The actions and means a scenario needs that not every client has.
std::string missing_capability(const Scenario& scenario, const Driver& driver) {
  if (scenario.ports > 0 && !driver.can("ports")) return "ports";
  if (scenario.tls && !driver.can("tls")) return "tls";
  for (const auto& step : scenario.steps) {
    const auto* client = std::get_if<ClientStep>(&step.what);
    if (client != nullptr && !driver.can(client->action)) return client->action;
  }
  return {};
}

std::string problem_sentence(const Play& play) {
  const Check* check = play.first_problem();
  if (check == nullptr) return {};
  return "expected " + check->expected + "; seen: " + check->seen;
}

}  // namespace

RunResult run_scenario(const Scenario& scenario, const server::Profile& profile, Driver& driver, const RunOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  RunResult result;
  result.scenario = scenario;
  result.provider = profile.id();
  result.client = driver.client();
  result.driver = driver.name();
  result.seed = options.seed;

  if (const auto missing = missing_capability(scenario, driver); !missing.empty()) {
    result.verdict = Verdict::NotApplicable;
    result.reason = "the client does not claim \"" + missing + "\"";
    return result;
  }
  const internal::PlayContext context{scenario, profile, driver, options.seed};
  result.main = internal::play(context, {}, scenario.expect);
  result.verdict = result.main.verdict();
  result.reason = problem_sentence(result.main);
  if (scenario.twin) {
    result.twin = internal::play(context, scenario.twin->without, scenario.twin->expect);
    const Verdict twin = result.twin->verdict();
    if (result.verdict == Verdict::Pass && twin != Verdict::Pass) {
      // Without the fault the run must complete, or the refusal proves nothing.
      result.verdict = twin == Verdict::Error ? Verdict::Error : Verdict::Inconclusive;
      result.reason = "the twin without the fault did not hold: " + problem_sentence(*result.twin);
    }
  }
  result.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
  return result;
}

}  // namespace mockoauth::conformance
