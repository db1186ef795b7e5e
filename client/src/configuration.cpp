#include <mimir/oauth/configuration.hpp>

#include <algorithm>

#include "internal/configuration_reader.hpp"
#include "internal/provider_definitions.hpp"
#include "internal/sanitise.hpp"
#include "internal/trusted_file.hpp"

namespace mimir::oauth {
namespace {

namespace fs = std::filesystem;
using internal::find_key;
using internal::kCredentialKeys;
using internal::provider_keys;
using internal::setting_keys;
using Layer = Origin::Layer;

Error invalid_configuration(const std::string& place, const std::string& why) {
  return {.category = Category::Misconfigured,
          .code = "configuration.invalid",
          .message = internal::sanitise(place) + ": " + why + ".",
          .hint = "docs/configuration.md lists the keys."};
}

bool is_said(const Configuration::Provider& entry, std::string_view key) { return entry.origins.contains(key); }

void unsay(Configuration::Provider& entry, std::string_view key) {
  find_key(provider_keys(), key)->copy({}, entry);
  entry.origins.erase(std::string(key));
}

/// A credential belongs to one client at one server: whoever names another server or client, or another credential, does
/// not get the one that was meant for the former.
void drop_what_belongs_to_another(Configuration::Provider& below, const Configuration::Provider& above) {
  if (is_said(above, "issuer") && above.oauth.issuer != below.oauth.issuer) below = {};
  const bool is_another_client = is_said(above, "client_id") && above.oauth.client_id != below.oauth.client_id;
  if (is_another_client) {
    for (const auto* key : {"registration.client_name", "registration.initial_access_token_env"}) unsay(below, key);
  }
  const bool has_credential = std::ranges::any_of(kCredentialKeys, [&](auto key) { return is_said(above, key); });
  if (!is_another_client && !has_credential) return;
  for (const auto key : kCredentialKeys) unsay(below, key);
}

}  // namespace

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::Default: return "default";
    case Layer::Managed: return "managed";
    case Layer::User: return "user";
    case Layer::Environment: return "environment";
    case Layer::Flag: return "flag";
  }
  return "";
}

ConfigurationFiles configuration_files(std::string_view program, const EnvironmentLookup& environment) {
  ConfigurationFiles files{.managed = fs::path("/etc") / program / "config.yaml"};
  const fs::path configured = environment("XDG_CONFIG_HOME").value_or("");
  const fs::path home = environment("HOME").value_or("");
  if (configured.is_absolute()) {
    files.user = configured / program / "config.yaml";
  } else if (home.is_absolute()) {
    files.user = home / ".config" / program / "config.yaml";
  }
  return files;
}

Result<Configuration> Configuration::load(const ConfigurationFiles& files, const EnvironmentLookup& environment) {
  Configuration configuration;
  if (auto added = configuration.add_file(files.managed, Layer::Managed); !added) return fail(std::move(added.error()));
  if (auto added = configuration.add_file(files.user, Layer::User); !added) return fail(std::move(added.error()));
  if (auto added = configuration.add_environment(environment); !added) return fail(std::move(added.error()));
  return configuration;
}

Result<> Configuration::add_file(const fs::path& path, Layer layer) {
  if (!path.is_absolute()) return {};
  const auto file = internal::read_trusted_file(path, internal::kMaxYamlBytes);
  if (!file) return fail(file.error());
  if (!*file) return {};
  auto text = internal::read_configuration((*file)->text.expose());
  if (!text) {
    const auto& [place, message] = text.error();
    return fail(invalid_configuration(
        path.string() + ':' + std::to_string(place.line) + ':' + std::to_string(place.column), message));
  }
  if (text->has_secret && (*file)->is_readable_by_others) {
    return fail(internal::insecure_configuration(path, "others may read the secret in it",
                                                 "Run: chmod 600 '" + internal::sanitise(path.string()) + "'"));
  }
  files_.push_back(path);
  const auto origin = [&](int line) { return Origin{.layer = layer, .where = path.string(), .line = line}; };
  for (const auto& [name, line] : text->setting_lines) {
    find_key(setting_keys(), name)->copy(text->settings, settings_);
    origins_[name] = origin(line);
  }
  for (const auto& [name, said] : text->providers) {
    auto& entry = providers_[name];
    drop_what_belongs_to_another(entry, said);
    for (const auto& [key, at] : said.origins) {
      find_key(provider_keys(), key)->copy(said, entry);
      entry.origins[key] = origin(at.line);
    }
  }
  return {};
}

/// CH-CF-03: these and no others. Nothing that a login trusts comes from a variable.
Result<> Configuration::add_environment(const EnvironmentLookup& environment) {
  if (const auto storage = environment("MIMIR_STORAGE").value_or(""); !storage.empty()) {
    if (auto done = set("storage", storage, {.layer = Layer::Environment, .where = "MIMIR_STORAGE"}); !done) return done;
  }
  if (environment("NO_BROWSER").value_or("").empty()) return {};
  return set("browser", "false", {.layer = Layer::Environment, .where = "NO_BROWSER"});
}

Origin Configuration::origin_of(std::string_view setting) const {
  const auto found = origins_.find(setting);
  return found == origins_.end() ? Origin{} : found->second;
}

Result<> Configuration::set(std::string_view setting, std::string_view text, Origin origin) {
  const auto* key = find_key(setting_keys(), setting);
  const internal::YamlNode node{.kind = internal::YamlNode::Kind::Text,
                                .name = std::string(setting),
                                .text = std::string(text),
                                .is_plain = true};
  if (key == nullptr) return fail(invalid_configuration(origin.where, "there is no setting " + node.name));
  if (const auto fault = key->read(node, settings_)) return fail(invalid_configuration(origin.where, fault->message));
  origins_[node.name] = std::move(origin);
  return {};
}

std::vector<std::string> Configuration::providers() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : providers_) names.push_back(name);
  return names;
}

std::vector<std::string> Configuration::definitions() { return internal::provider_definition_names(); }

std::optional<OAuthConfig> Configuration::definition(const std::string& name, const std::string& issuer) {
  auto found = internal::find_provider_definition(name, issuer);
  if (!found) return std::nullopt;
  return std::move(found->oauth);
}

Configuration::Provider Configuration::completed(const Provider& entry) {
  auto result = internal::find_provider_definition(entry.like, entry.oauth.issuer).value_or(Provider());
  for (const auto& [key, origin] : entry.origins) {
    find_key(provider_keys(), key)->copy(entry, result);
    result.origins[key] = origin;
  }
  return result;
}

Result<std::optional<OAuthConfig>> Configuration::provider(const std::string& name, const EnvironmentLookup& environment) const {
  const auto found = providers_.find(name);
  if (found == providers_.end()) return std::optional<OAuthConfig>();
  const Provider& entry = found->second;
  auto config = completed(entry).oauth.clone();
  if (const auto& variable = entry.client_secret_env; !variable.empty()) {
    const auto secret = environment(variable).value_or("");
    if (secret.empty()) {
      return fail({.category = Category::Misconfigured,
                   .code = "configuration.secret_missing",
                   .message = "The variable " + variable + ", which is to hold the client secret of " + name + ", is not set.",
                   .hint = "Set it, or change client_secret_env in the configuration."});
    }
    config.client_secret = Secret(secret);
  }
  if (!entry.registered_name.empty()) {
    config.registration = RegistrationRequest{.client_name = entry.registered_name};
    // Of use once only: afterwards nobody need have it, and its absence is no error.
    const auto& variable = entry.initial_access_token_env;
    const auto token = variable.empty() ? "" : environment(variable).value_or("");
    if (!token.empty()) config.registration->initial_access_token = Secret(token);
  }
  return std::optional(std::move(config));
}

std::vector<ConfiguredValue> Configuration::values() const {
  std::vector<ConfiguredValue> result;
  for (const auto& key : setting_keys()) {
    result.push_back({std::string(key.name), key.show(settings_), origin_of(key.name)});
  }
  for (const auto& [name, said_entry] : providers_) {
    const auto entry = completed(said_entry);
    for (const auto& key : provider_keys()) {
      const auto said = entry.origins.find(key.name);
      if (said == entry.origins.end()) continue;
      result.push_back({"providers." + name + '.' + std::string(key.name), key.show(entry), said->second});
    }
  }
  return result;
}

}  // namespace mimir::oauth
