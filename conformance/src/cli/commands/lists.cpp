// The small read-only commands: faults, rows.
#include <iostream>

#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/server/script.hpp>

#include "../command.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

// Columns for people, JSON for programs.
int print(const Json& rows, bool json) {
  if (json) {
    std::cout << rows.dump_pretty() << '\n';
    return kHeld;
  }
  std::vector<std::size_t> widths;
  for (const auto& row : *rows.as_array()) {
    std::size_t column = 0;
    for (const auto& [name, value] : *row.as_object()) {
      if (widths.size() <= column) widths.push_back(0);
      widths[column] = std::max(widths[column], value.as_string()->size());
      ++column;
    }
  }
  for (const auto& row : *rows.as_array()) {
    std::string line;
    std::size_t column = 0;
    for (const auto& [name, value] : *row.as_object()) {
      line += *value.as_string() + std::string(widths[column] - value.as_string()->size() + 2, ' ');
      ++column;
    }
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
  }
  return kHeld;
}

Json faults() {
  Json rows = Json::array();
  for (const auto& fault : server::known_faults()) {
    rows.push_back(Json::object({{"name", fault.name}, {"phase", fault.phase}, {"title", fault.title}}));
  }
  return rows;
}

Json rows() {
  Json all = Json::array();
  for (const auto& row : conformance::catalogue()) {
    all.push_back(Json::object({{"id", row.id}, {"level", row.level}, {"clause", row.clause}, {"says", row.says}}));
  }
  return all;
}

void add_list(Commands& commands, const std::string& name, const std::string& summary, Json (*make)()) {
  commands.add({name, summary, [make](CLI::App& app, const Trailing&) {
    auto json = std::make_shared<bool>(false);
    app.add_flag("--json", *json, "As JSON");
    return [make, json] { return print(make(), *json); };
  }});
}

}  // namespace

void register_lists(Commands& commands) {
  add_list(commands, "faults", "List the faults a server can be given", faults);
  add_list(commands, "rows", "List the requirements that scenarios decide", rows);
}

}  // namespace mockoauth::cli
