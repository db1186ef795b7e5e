// mockoauth test: scenarios against a client, with a verdict.
#include <unistd.h>

#include <fstream>
#include <iostream>

#include <mockoauth/conformance/report.hpp>
#include <mockoauth/conformance/runner.hpp>
#include <mockoauth/conformance/transcript.hpp>

#include "../command.hpp"
#include "../selection.hpp"

namespace mockoauth::cli {
namespace {

using conformance::Verdict;

struct TestOptions {
  std::string scenarios = "all";
  std::string providers;
  std::string driver;
  std::string adapter;
  std::string json;
  std::uint64_t seed = 1;
  bool details = false;
  bool keep = false;
};

conformance::FileResult<std::unique_ptr<conformance::Driver>> make_driver(const TestOptions& options, const Trailing& command) {
  const bool external = !command.empty() || !options.adapter.empty();
  if (!external && options.driver != "command") return conformance::make_native_driver();
  conformance::Adapter adapter;
  if (!command.empty()) {
    adapter = conformance::contract_adapter(command);
  } else {
    auto found = conformance::find_adapter(options.adapter.empty() ? "mimir" : options.adapter);
    if (!found) return tl::unexpected(found.error());
    adapter = std::move(*found);
  }
  return conformance::make_command_driver(std::move(adapter), {sibling_path("mimir"), self_path(), options.keep});
}

int exit_status(const std::vector<conformance::RunResult>& results) {
  ExitStatus status = kHeld;
  for (const auto& result : results) {
    if (result.verdict == Verdict::Error) return kBench;
    if (result.verdict == Verdict::Fail || result.verdict == Verdict::Inconclusive) status = kCheckFailed;
  }
  return status;
}

void write_summary(const std::vector<conformance::RunResult>& results) {
  std::map<std::string, int> counts;
  for (const auto& result : results) ++counts[std::string(to_string(result.verdict))];
  std::cout << '\n' << results.size() << " runs:";
  for (const auto& [verdict, count] : counts) std::cout << ' ' << count << ' ' << verdict;
  std::cout << '\n';
}

int run_tests(const TestOptions& options, const Trailing& command) {
  if (!command.empty() && !options.adapter.empty()) return complain("--adapter says how the program is run; leave out what follows --", kUsage);
  if (!command.empty() && options.driver == "native") return complain("--driver native is the bundled client in process; leave out what follows --", kUsage);
  auto pairs = select_pairs(options.scenarios, options.providers);
  if (!pairs) return complain(pairs.error().to_string(), kUsage);
  auto driver = make_driver(options, command);
  if (!driver) return complain(driver.error().to_string(), kUsage);

  std::vector<conformance::RunResult> results;
  const bool single = pairs->size() == 1;
  for (const auto& [scenario, profile] : *pairs) {
    results.push_back(run_scenario(scenario, profile, **driver, {.seed = options.seed}));
    const bool held = results.back().verdict == Verdict::Pass || results.back().verdict == Verdict::NotApplicable;
    write_transcript(std::cout, results.back(), {.colour = colour_wanted(STDOUT_FILENO), .details = single || options.details || !held});
    std::cout << std::flush;
  }
  if (!single) write_summary(results);
  if (!options.json.empty()) {
    std::ofstream out(options.json, std::ios::binary);
    out << conformance::report_json(results).dump_pretty() << '\n';
    if (!out.flush()) return complain("cannot write " + options.json, kUsage);
  }
  return exit_status(results);
}

}  // namespace

void register_test(Commands& commands) {
  commands.add({"test", "Play scenarios against a client and judge what is seen", [](CLI::App& app, const Trailing& trailing) {
    auto options = std::make_shared<TestOptions>();
    app.add_option("--scenario", options->scenarios, "Ids, globs or files, separated by commas; `all`")->capture_default_str();
    app.add_option("--provider", options->providers, "Profile ids or globs, separated by commas (every one that fits), or a file; else the scenario's own, or plain");
    app.add_option("--driver", options->driver, "native: the bundled client in process; command: as a program")->check(CLI::IsMember({"native", "command"}));
    app.add_option("--adapter", options->adapter, "How the program under test is run: a built-in adapter or a file");
    app.add_option("--seed", options->seed, "Same seed, same codes and tokens")->capture_default_str();
    app.add_option("--json", options->json, "Write the results to this file");
    app.add_flag("--details", options->details, "Show every step of every run");
    app.add_flag("--keep", options->keep, "Keep the sandbox of a program under test");
    app.footer("After `--` stands the program under test. It is run once a step (MOCKOAUTH_STEP: login, call, refresh, logout) with\n"
               "MOCKOAUTH_ISSUER, _RESOURCE, _CLIENT_ID, _SCOPE, _STORE and BROWSER set, and exits 0 done, 3 refused, 4 declined.");
    return [options, trailing] { return run_tests(*options, trailing); };
  }});
}

}  // namespace mockoauth::cli
