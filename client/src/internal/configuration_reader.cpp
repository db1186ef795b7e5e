#include "internal/configuration_reader.hpp"

#include <algorithm>

#include <mimir/codec/nearest.hpp>

#include "internal/configuration_value.hpp"
#include "internal/sanitise.hpp"

namespace mimir::oauth::internal {
namespace {

constexpr std::string_view kProviders = "providers";

YamlFault unknown_key(const YamlNode& node, std::string_view where, const std::vector<std::string>& known) {
  std::string message = "there is no key \"" + sanitise(node.name, 64) + "\" " + std::string(where);
  for (const auto& near : codec::nearest(node.name, known, 1)) message += "; did you mean \"" + near + "\"?";
  return {node.name_place, std::move(message)};
}

/// The words at that place of the names: with the prefix `endpoints.` those of its members, with none the first ones.
template <class Target>
std::vector<std::string> words_below(std::span<const ConfigurationKey<Target>> keys, std::string_view prefix) {
  std::vector<std::string> words;
  for (const auto& key : keys) {
    if (!key.name.starts_with(prefix)) continue;
    const auto rest = key.name.substr(prefix.size());
    words.emplace_back(rest.substr(0, rest.find('.')));
  }
  return words;
}

/// Reads the members of a map; `on_read` hears of every key that was there.
template <class Target, class OnRead>
KeyFault read_members(const YamlNode& map, std::span<const ConfigurationKey<Target>> keys, const std::string& prefix,
                      std::string_view where, Target& into, const OnRead& on_read) {
  for (const auto& node : map.children) {
    const auto name = prefix + node.name;
    if (const auto* key = find_key(keys, name)) {
      if (auto fault = key->read(node, into)) return fault;
      on_read(*key, node);
      continue;
    }
    const auto words = words_below(keys, prefix);
    const bool is_map_of_keys = !words_below(keys, name + '.').empty();
    if (!is_map_of_keys) return unknown_key(node, where, words);
    if (node.kind != YamlNode::Kind::Map) return wrong_type(node, "a map");
    if (auto fault = read_members(node, keys, name + '.', where, into, on_read)) return fault;
  }
  return std::nullopt;
}

/// As in `mimir connect NAME`: names become file names and go into messages.
bool is_provider_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

KeyFault read_provider(const YamlNode& node, ConfigurationText& into) {
  if (!is_provider_name(node.name)) {
    return YamlFault{node.name_place, "\"" + sanitise(node.name, 64) + "\" is no name for a provider: 1 to 64 letters, "
                                      "digits, dots, dashes or underscores, a letter or digit first"};
  }
  if (node.kind != YamlNode::Kind::Map) return wrong_type(node, "a map");
  auto& entry = into.providers[node.name];
  KeyFault two_credentials;
  std::string_view credential;
  const auto note = [&](const ProviderKey& key, const YamlNode& at) {
    entry.origins[std::string(key.name)] = {.line = at.name_place.line};
    into.has_secret = into.has_secret || key.is_secret;
    if (std::ranges::find(kCredentialKeys, key.name) == std::end(kCredentialKeys)) return;
    if (!credential.empty()) {
      two_credentials = YamlFault{at.name_place, "\"" + std::string(key.name) + "\" beside \"" + std::string(credential) +
                                                     "\": a client has one credential"};
    }
    credential = key.name;
  };
  if (auto fault = read_members(node, provider_keys(), "", "of a provider", entry, note)) return fault;
  return two_credentials;
}

}  // namespace

codec::Expected<ConfigurationText, YamlFault> read_configuration(std::string_view text) {
  const auto root = parse_yaml(text);
  if (!root) return tl::unexpected(root.error());
  ConfigurationText result;
  if (root->kind == YamlNode::Kind::Null) return result;  // nothing but comments, or `---`
  if (root->kind != YamlNode::Kind::Map) return tl::unexpected(YamlFault{root->place, "this is no map of keys"});
  YamlNode settings{.kind = YamlNode::Kind::Map};
  for (const auto& node : root->children) {
    if (node.name != kProviders) {
      settings.children.push_back(node);
      continue;
    }
    if (node.kind != YamlNode::Kind::Map) return tl::unexpected(wrong_type(node, "a map of providers"));
    for (const auto& provider : node.children) {
      if (auto fault = read_provider(provider, result)) return tl::unexpected(*fault);
    }
  }
  for (const auto& node : settings.children) {
    if (find_key(setting_keys(), node.name) != nullptr) continue;
    auto known = words_below(setting_keys(), "");
    known.emplace_back(kProviders);
    return tl::unexpected(unknown_key(node, "here", known));
  }
  const auto note = [&](const SettingKey& key, const YamlNode& at) {
    result.setting_lines[std::string(key.name)] = at.name_place.line;
  };
  if (auto fault = read_members(settings, setting_keys(), "", "here", result.settings, note)) return tl::unexpected(*fault);
  return result;
}

}  // namespace mimir::oauth::internal
