// mimir config: every setting and what is said of each provider, with who says it. No secrets.
#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <mimir/codec/json.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

codec::Json as_json(const oauth::ConfiguredValue& value) {
  auto json = codec::Json::object(
      {{"key", value.key}, {"value", value.value}, {"origin", oauth::to_string(value.origin.layer)}});
  if (!value.origin.where.empty()) json.set("where", value.origin.where);
  if (value.origin.line > 0) json.set("line", value.origin.line);
  return json;
}

std::string as_text(const oauth::ConfiguredValue& value) {
  const auto& [layer, where, line] = value.origin;
  std::string text = value.key + ": " + value.value + "  (" + std::string(oauth::to_string(layer));
  if (!where.empty()) text += ", " + where;
  if (line > 0) text += ':' + std::to_string(line);
  return printable(std::move(text)) + ")\n";
}

int list_definitions(const Terminal& terminal, bool as_json) {
  std::string text;
  codec::Json::Array names;
  for (auto& name : oauth::Configuration::definitions()) {
    text += name + '\n';
    names.push_back(std::move(name));
  }
  if (as_json) text = codec::Json::object({{"version", 1}, {"definitions", std::move(names)}}).dump_pretty() + '\n';
  return terminal.result(text) ? kDone : kLocal;
}

}  // namespace

int run_command(const ConfigArguments& arguments) {
  const auto environment = oauth::process_environment();
  const Terminal terminal(stderr_is_fancy(environment));
  if (arguments.definitions) return list_definitions(terminal, arguments.json);
  const auto configuration = load_configuration({.storage = arguments.storage}, environment);
  if (!configuration) return report_unopened(configuration.error());
  std::string text;
  codec::Json::Array values;
  for (const auto& value : configuration->values()) {
    text += as_text(value);
    values.push_back(as_json(value));
  }
  codec::Json::Array files;
  for (const auto& file : configuration->files()) files.push_back(file.string());
  if (arguments.json) {
    text = codec::Json::object({{"version", 1}, {"files", std::move(files)}, {"values", std::move(values)}}).dump_pretty() + '\n';
  } else if (files.empty()) {
    terminal.progress("There is no configuration file; it would be " +
                      printable(oauth::configuration_files("mimir", environment).user.string()) + ".");
  }
  return terminal.result(text) ? kDone : kLocal;
}

}  // namespace mimir::cli
