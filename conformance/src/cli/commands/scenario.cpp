// mockoauth scenario: what there is, and whether a file is right.
#include <iostream>

#include <mockoauth/conformance/scenario.hpp>

#include "../command.hpp"

namespace mockoauth::cli {
namespace {

int list() {
  const auto scenarios = conformance::built_in_scenarios();
  if (!scenarios) return complain(scenarios.error().to_string(), kBench);
  std::size_t width = 0;
  for (const auto& scenario : *scenarios) width = std::max(width, scenario.id.size());
  for (const auto& scenario : *scenarios) {
    std::cout << scenario.id << std::string(width - scenario.id.size() + 2, ' ') << scenario.title << '\n';
  }
  return kHeld;
}

int check(const std::vector<std::string>& files) {
  int status = kHeld;
  for (const auto& file : files) {
    const auto scenario = conformance::select_scenarios(file.find('/') == std::string::npos ? "./" + file : file);
    if (!scenario) status = complain(scenario.error().to_string(), kUsage);
  }
  return status;
}

}  // namespace

void register_scenario(Commands& commands) {
  commands.add({"scenario", "List the built-in scenarios, or check files of your own", [](CLI::App& app, const Trailing&) {
    auto files = std::make_shared<std::vector<std::string>>();
    app.add_subcommand("list", "Ids and titles");
    auto* checking = app.add_subcommand("check", "Check files against the schema and the catalogue");
    checking->add_option("FILE", *files, "Scenario files")->required();
    app.require_subcommand(1);
    return [files] { return files->empty() ? list() : check(*files); };
  }});
}

}  // namespace mockoauth::cli
