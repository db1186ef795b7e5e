#include "json_config_file.hpp"

#include <cstdlib>
#include <iostream>

#include <mockoauth/document/document.hpp>

namespace mockoauth::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

mimir::codec::Expected<std::optional<server::JsonConfig>, std::string> asked_json_config(const std::string& option) {
  std::string text = option.empty() ? environment("JSON_CONFIG") : std::string();
  std::string file = "JSON_CONFIG";
  if (text.empty()) {
    file = option.empty() ? environment("JSON_CONFIG_PATH") : option;
    if (file.empty()) return std::nullopt;
    auto read = document::read_file(file);
    if (!read) return tl::unexpected(read.error().to_string());
    text = std::move(*read);
  }
  auto config = server::JsonConfig::parse(text, file);
  if (!config) return tl::unexpected(config.error().to_string());
  for (const auto& note : config->notes()) std::cerr << file << ": " << note << "\n";
  return std::optional(std::move(*config));
}

mimir::codec::Result<std::vector<std::string>> serve_json_config(server::Server& server, server::RealmDefaults defaults,
                                                                 const server::JsonConfig& config) {
  std::vector<std::string> issuers;
  for (const auto& id : config.issuers()) {
    auto realm = server.create_realm(config.realm_of(id));
    if (!realm) return tl::unexpected(realm.error());
    issuers.push_back((*realm)->configured_issuer());
  }
  defaults.at_any_path = [&config](const std::string& segment) {
    return std::optional(config.realm_of(segment));
  };
  server.set_defaults(std::move(defaults));
  return issuers;
}

}  // namespace mockoauth::cli
