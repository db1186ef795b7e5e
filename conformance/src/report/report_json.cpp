#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/conformance/report.hpp>
#include <mockoauth/conformance/transcript.hpp>

namespace mockoauth::conformance {
namespace {

Json checks_json(const std::vector<Check>& checks) {
  Json all = Json::array();
  for (const auto& check : checks) {
    Json one = Json::object({{"verdict", to_string(check.verdict)}, {"expected", check.expected}});
    if (!check.seen.empty()) one.set("seen", check.seen);
    all.push_back(std::move(one));
  }
  return all;
}

Json step_json(const PlayedStep& step) {
  Json exchanges = Json::array();
  for (const auto& exchange : step.exchanges) {
    Json one = server::exchange_to_json(exchange);
    one.set("summary", describe_exchange(exchange));
    exchanges.push_back(std::move(one));
  }
  Json said = Json::array();
  for (const auto& line : step.said) said.push_back(line);
  Json browser = Json::array();
  for (const auto& line : step.browser) browser.push_back(line);
  return Json::object({{"actor", step.actor}, {"title", step.title}, {"exchanges", exchanges}, {"said", said}, {"browser", browser},
                       {"checks", checks_json(step.checks)}});
}

Json play_json(const Play& play) {
  Json steps = Json::array();
  for (const auto* part : {&play.given, &play.steps}) {
    for (const auto& step : *part) {
      Json one = step_json(step);
      one.set("given", part == &play.given);
      steps.push_back(std::move(one));
    }
  }
  return Json::object({{"verdict", to_string(play.verdict())}, {"steps", steps}, {"checks", checks_json(play.checks)}});
}

Json rows_json(const Scenario& scenario) {
  Json rows = Json::array();
  for (const auto& id : scenario.requirement) {
    const Row* row = find_row(id);
    if (row == nullptr) continue;
    rows.push_back(Json::object({{"id", row->id}, {"level", row->level}, {"clause", row->clause}, {"says", row->says}}));
  }
  return rows;
}

}  // namespace

Json report_json(const std::vector<RunResult>& results) {
  Json runs = Json::array();
  for (const auto& result : results) {
    Json run = Json::object({{"client", result.client},
                             {"driver", result.driver},
                             {"provider", result.provider},
                             {"scenario", result.scenario.id},
                             {"title", result.scenario.title},
                             {"verdict", to_string(result.verdict)},
                             {"reason", result.reason},
                             {"seed", static_cast<std::int64_t>(result.seed)},
                             {"duration_us", static_cast<std::int64_t>(result.duration.count())},
                             {"requirement", rows_json(result.scenario)},
                             {"main", play_json(result.main)}});
    if (result.twin) run.set("twin", play_json(*result.twin));
    runs.push_back(std::move(run));
  }
  return Json::object({{"format", "mockoauth-report"}, {"version", 1}, {"runs", runs}});
}

}  // namespace mockoauth::conformance
