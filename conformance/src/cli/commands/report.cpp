// mockoauth report: clients × providers × scenarios as JSON and one page.
#include <filesystem>
#include <fstream>
#include <iostream>

#include <mockoauth/conformance/report.hpp>
#include <mockoauth/conformance/runner.hpp>
#include <mockoauth/document/document.hpp>

#include "../command.hpp"
#include "../selection.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

struct ReportOptions {
  std::string scenarios = "all";
  std::string providers = "all";
  std::vector<std::string> adapters;
  std::vector<std::string> from;
  std::string out = "mockoauth-report";
  std::uint64_t seed = 1;
};

bool write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  return static_cast<bool>(out.flush());
}

// The runs of earlier `mockoauth test --json` files put together.
conformance::FileResult<Json> merged(const std::vector<std::string>& files) {
  Json runs = Json::array();
  for (const auto& file : files) {
    auto text = document::read_file(file);
    if (!text) return tl::unexpected(text.error());
    const auto json = Json::parse(*text, {.max_bytes = 64 * 1024 * 1024});
    const Json* found = json && json->string_at("format") == "mockoauth-report" ? json->find("runs") : nullptr;
    if (found == nullptr || !found->is_array()) {
      return tl::unexpected(document::DataFileError{.file = file, .message = "this is no result of `mockoauth test --json`"});
    }
    for (const auto& run : *found->as_array()) runs.push_back(run);
  }
  return Json::object({{"format", "mockoauth-report"}, {"version", 1}, {"runs", runs}});
}

conformance::FileResult<Json> played(const ReportOptions& options) {
  auto pairs = select_pairs(options.scenarios, options.providers);
  if (!pairs) return tl::unexpected(pairs.error());
  std::vector<std::unique_ptr<conformance::Driver>> drivers;
  drivers.push_back(conformance::make_native_driver());
  std::vector<std::string> adapters = options.adapters;
  adapters.insert(adapters.begin(), "mimir");
  for (const auto& name : adapters) {
    auto adapter = conformance::find_adapter(name);
    if (!adapter) return tl::unexpected(adapter.error());
    drivers.push_back(conformance::make_command_driver(std::move(*adapter), {sibling_path("mimir"), self_path()}));
  }
  std::vector<conformance::RunResult> results;
  for (const auto& driver : drivers) {
    for (const auto& [scenario, profile] : *pairs) {
      std::cerr << driver->client() << " (" << driver->name() << ") with " << profile.id() << ": " << scenario.id << " … " << std::flush;
      results.push_back(run_scenario(scenario, profile, *driver, {.seed = options.seed}));
      std::cerr << to_string(results.back().verdict) << '\n';
    }
  }
  return conformance::report_json(results);
}

int write_report(const ReportOptions& options) {
  auto report = options.from.empty() ? played(options) : merged(options.from);
  if (!report) return complain(report.error().to_string(), kUsage);
  const std::filesystem::path folder(options.out);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed || !write_file(folder / "report.json", report->dump_pretty() + "\n") ||
      !write_file(folder / "report.html", conformance::report_html(*report))) {
    return complain("cannot write into " + options.out, kUsage);
  }
  std::cout << (folder / "report.json").string() << '\n' << (folder / "report.html").string() << '\n';
  return kHeld;
}

}  // namespace

void register_report(Commands& commands) {
  commands.add({"report", "Write the provider-compat report: clients, providers, scenarios", [](CLI::App& app, const Trailing&) {
    auto options = std::make_shared<ReportOptions>();
    app.add_option("--scenario", options->scenarios, "Ids, globs or files, separated by commas")->capture_default_str();
    app.add_option("--provider", options->providers, "Globs over profile ids, separated by commas, or a profile file")->capture_default_str();
    app.add_option("--adapter", options->adapters, "More clients beside mimir: built-in adapters or files");
    app.add_option("--from", options->from, "Put results of `mockoauth test --json` together instead of playing");
    app.add_option("--out", options->out, "Folder for report.json and report.html")->capture_default_str();
    app.add_option("--seed", options->seed, "Same seed, same codes and tokens")->capture_default_str();
    return [options] { return write_report(*options); };
  }});
}

}  // namespace mockoauth::cli
