// mockoauth explain: what a fault does, or what a requirement says.
#include <algorithm>
#include <iostream>
#include <memory>

#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/server/script.hpp>

#include "../command.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

std::string comma_list(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

void explain_line(const std::string& name, const std::string& text) {
  constexpr std::size_t kColumn = 14;
  if (text.empty()) return;
  std::cout << "  " << name << std::string(name.size() < kColumn ? kColumn - name.size() : 1, ' ') << text << '\n';
}

int explain_fault(const server::FaultDescription& fault, bool json) {
  const auto all = server::fault_description_to_json(fault);
  if (json) {
    std::cout << all.dump_pretty() << '\n';
    return kHeld;
  }
  std::cout << fault.name << "  (layer " << fault.layer << ")\n" << fault.title << ".\n\n";
  explain_line("strikes", fault.phase + (fault.phases.size() > 1 ? "; a rule may say otherwise: " + comma_list(fault.phases) : ""));
  explain_line("only at", fault.endpoint + (fault.grant_type.empty() ? "" : ", grant type " + fault.grant_type));
  explain_line("also called", comma_list(fault.other_names));
  for (const auto& argument : fault.arguments) {
    explain_line(argument.name, argument.kind + (argument.required ? " (needed)" : ""));
    explain_line("", argument.meaning);
  }
  std::cout << "\nA rule:\n  " << all.find("example")->find("rule")->dump() << '\n';
  return kHeld;
}

int explain_row(const conformance::Row& row, bool json) {
  if (json) {
    std::cout << Json::object({{"id", row.id}, {"level", row.level}, {"clause", row.clause}, {"says", row.says}}).dump_pretty()
              << '\n';
  } else {
    std::cout << row.id << "  (" << row.level << ", " << row.clause << ")\n" << row.says << '\n';
  }
  return kHeld;
}

int explain(const std::string& name, bool json) {
  std::vector<std::string> known;
  for (const auto& fault : server::known_faults()) {
    const auto& others = fault.other_names;
    if (fault.name == name || std::find(others.begin(), others.end(), name) != others.end()) return explain_fault(fault, json);
    known.push_back(fault.name);
    known.insert(known.end(), others.begin(), others.end());
  }
  if (const auto* row = conformance::find_row(name)) return explain_row(*row, json);
  for (const auto& row : conformance::catalogue()) known.push_back(row.id);
  std::string message = "there is no fault and no requirement \"" + name.substr(0, 80) + "\"";
  if (const auto near = document::nearest(name, known, 3); !near.empty()) message += "; did you mean " + comma_list(near) + "?";
  return complain(message, kUsage);
}

}  // namespace

void register_explain(Commands& commands) {
  commands.add({"explain", "Say what a fault does or what a requirement says", [](CLI::App& app, const Trailing&) {
    auto name = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    app.add_option("NAME", *name, "A fault (see `mockoauth faults`) or a requirement (see `mockoauth rows`)")->required();
    app.add_flag("--json", *json, "As JSON");
    return [name, json] { return explain(*name, *json); };
  }});
}

}  // namespace mockoauth::cli
