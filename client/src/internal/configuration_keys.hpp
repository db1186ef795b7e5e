#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <mimir/oauth/configuration.hpp>

#include "internal/yaml_tree.hpp"

namespace mimir::oauth::internal {

using KeyFault = std::optional<YamlFault>;

/// One key of a configuration: how it is read, handed on and shown. Made by key() from the member it stands for.
template <class Target>
struct ConfigurationKey {
  std::string_view name;  ///< `endpoints.token` is the member `token` of the map `endpoints`.
  bool is_secret;
  KeyFault (*read)(const YamlNode& node, Target& into);
  void (*copy)(const Target& from, Target& to);
  std::string (*show)(const Target& from);
};

using ProviderKey = ConfigurationKey<Configuration::Provider>;
using SettingKey = ConfigurationKey<Settings>;

/// All keys of a provider and all settings; configuration_keys.cpp is the one place that lists them.
[[nodiscard]] std::span<const ProviderKey> provider_keys();
[[nodiscard]] std::span<const SettingKey> setting_keys();

/// Keys of which a provider has at most one: what a client proves with who it is (CH-CF-10).
inline constexpr std::string_view kCredentialKeys[] = {"client_secret", "client_secret_env", "client_key"};

/// The key of that name, or nullptr.
template <class Target>
[[nodiscard]] const ConfigurationKey<Target>* find_key(std::span<const ConfigurationKey<Target>> keys, std::string_view name) {
  for (const auto& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

}  // namespace mimir::oauth::internal
