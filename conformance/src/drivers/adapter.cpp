#include <charconv>

#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/embedded/mockoauth-conformance-data.hpp>

namespace mockoauth::conformance {
namespace {

const document::Schema& adapter_schema() {
  static const document::Schema schema = [] {
    for (const auto& file : data::embedded_data()) {
      if (file.path == "schema/adapter.schema.json") return document::Schema(file.content);
    }
    throw std::logic_error("the adapter schema is not embedded");
  }();
  return schema;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> all;
  for (const auto& item : *list.as_array()) all.push_back(*item.as_string());
  return all;
}

Outcome outcome_of(const std::string& name) {
  for (const auto outcome : {Outcome::Done, Outcome::Refused, Outcome::Declined}) {
    if (to_string(outcome) == name) return outcome;
  }
  return Outcome::Failed;
}

FileResult<Adapter> build(const document::Document& document) {
  const Json& root = document.value;
  Adapter adapter;
  adapter.client = root.string_at("client").value();
  for (const auto& [name, command] : *root.find("steps")->as_object()) {
    adapter.steps[name == "any" ? "*" : name] = {texts(command)};
    if (name == "any") adapter.capabilities.insert({"login", "call", "refresh", "logout"});
    else adapter.capabilities.insert(name);
  }
  if (const auto* claimed = root.find("capabilities")) {
    const auto names = texts(*claimed);
    adapter.capabilities = {names.begin(), names.end()};
  }
  if (const auto* uris = root.find("redirect_uris")) adapter.redirect_uris = texts(*uris);
  adapter.login_url = root.string_at("login_url").value_or(adapter.login_url);
  if (const auto seconds = root.int_at("timeout")) adapter.timeout = std::chrono::seconds(*seconds);
  if (const auto* environment = root.find("environment")) {
    for (const auto& [name, value] : *environment->as_object()) adapter.environment[name] = *value.as_string();
  }
  if (const auto* statuses = root.find("exit_status")) {
    adapter.exit_status.clear();
    for (const auto& [name, value] : *statuses->as_object()) {
      int status = -1;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), status);
      if (error != std::errc() || end != name.data() + name.size() || status < 0 || status > 255) {
        return tl::unexpected(document.error_at("/exit_status/" + mimir::codec::json_pointer_escape(name),
                                                "\"" + name + "\" is no exit status (0 to 255)"));
      }
      adapter.exit_status[status] = outcome_of(*value.as_string());
    }
  }
  return adapter;
}

}  // namespace

FileResult<Adapter> parse_adapter(std::string_view text, const std::string& file) {
  auto document = document::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  if (auto checked = adapter_schema().check(*document); !checked) return tl::unexpected(checked.error());
  return build(*document);
}

FileResult<Adapter> find_adapter(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".yaml")) {
    auto text = document::read_file(name);
    if (!text) return tl::unexpected(text.error());
    return parse_adapter(*text, name);
  }
  std::vector<std::string> known;
  for (const auto& file : data::embedded_data()) {
    if (!file.path.starts_with("adapters/")) continue;
    const auto id = file.path.substr(9, file.path.size() - 9 - 5);
    if (id == name) return parse_adapter(file.content, std::string(file.path));
    known.emplace_back(id);
  }
  std::string message = "there is no adapter \"" + name + "\"";
  for (const auto& near : document::nearest(name, known, 1)) message += "; did you mean \"" + near + "\"?";
  return tl::unexpected(DataFileError{.message = message});
}

Adapter contract_adapter(std::vector<std::string> command) {
  Adapter adapter;
  const auto slash = command.back().rfind('/');
  adapter.client = command.back().substr(slash == std::string::npos ? 0 : slash + 1);
  for (const auto& argument : command) {
    // `python3 ./client.py login` is known by its script.
    if (argument.find('/') == std::string::npos && argument.find('.') == std::string::npos) continue;
    adapter.client = argument.substr(argument.rfind('/') == std::string::npos ? 0 : argument.rfind('/') + 1);
    break;
  }
  adapter.steps["*"] = {std::move(command)};
  adapter.capabilities = {"login", "call", "refresh", "logout"};
  return adapter;
}

}  // namespace mockoauth::conformance
