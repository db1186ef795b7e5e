#include "internal/provider_definitions.hpp"

#include <algorithm>

#include "internal/configuration_reader.hpp"

namespace mimir::oauth::internal {
namespace {

std::string_view definition_name(const ProviderDefinition& definition) {
  return definition.file.substr(0, definition.file.size() - std::string_view(".yaml").size());
}

/// The text of an entry as that of a file with this entry alone.
std::string as_configuration(std::string_view name, std::string_view text) {
  std::string result = "providers:\n  " + std::string(name) + ":\n";
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    result.append("    ").append(text.substr(0, end));
    text.remove_prefix(end);
  }
  return result;
}

}  // namespace

std::vector<std::string> provider_definition_names() {
  std::vector<std::string> names;
  for (const auto& definition : provider_definitions()) names.emplace_back(definition_name(definition));
  return names;
}

std::optional<Configuration::Provider> find_provider_definition(std::string_view name, std::string_view issuer) {
  const auto definitions = provider_definitions();
  const auto found = std::ranges::find(definitions, name, definition_name);
  if (found == definitions.end()) return std::nullopt;
  auto read = read_configuration(as_configuration(name, found->text));
  if (!read) return std::nullopt;  // a test reads each of them
  const auto entry = read->providers.find(std::string(name));
  if (entry == read->providers.end()) return std::nullopt;
  auto& known = entry->second;
  if (!issuer.empty() && !known.oauth.issuer.empty() && issuer != known.oauth.issuer) {
    known.oauth.endpoints = {};
    std::erase_if(known.origins, [](const auto& said) { return said.first.starts_with("endpoints."); });
  }
  if (!issuer.empty()) known.oauth.issuer = issuer;
  for (auto& [key, origin] : known.origins) origin = {.where = "like: " + std::string(name)};
  return std::move(known);
}

}  // namespace mimir::oauth::internal
