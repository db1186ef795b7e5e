#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth {

/// The only files that a configuration is read from. Never one of the working directory: whoever has cloned a repository
/// has not thereby chosen an authorization server.
struct ConfigurationFiles {
  std::filesystem::path managed = {};  ///< Of the machine's administrator; empty: none.
  std::filesystem::path user = {};     ///< Empty: none.
};

/// `/etc/PROGRAM/config.yaml`, and `$XDG_CONFIG_HOME/PROGRAM/config.yaml` or else `~/.config/PROGRAM/config.yaml`. A
/// relative value of either variable would mean the working directory and is ignored (XDG Base Directory Specification).
[[nodiscard]] ConfigurationFiles configuration_files(std::string_view program, const EnvironmentLookup& environment);

/// Who has said a value.
struct Origin {
  /// Weakest first: each overrides those before it (CH-CF-12).
  enum class Layer { Default, Managed, User, Environment, Flag };
  Layer layer = Layer::Default;
  std::string where = {};  ///< File, variable or flag; empty for a default.
  int line = 0;            ///< Of the file, from 1.
};
[[nodiscard]] std::string_view to_string(Origin::Layer layer);

/// What is configured besides providers.
struct Settings {
  std::string storage = "auto";                  ///< As StorageOptions::backend; `$MIMIR_STORAGE`.
  std::optional<bool> opens_browser = {};        ///< Nothing: where it will be seen; `$NO_BROWSER`.
  std::chrono::seconds login_timeout{300};       ///< From opening the browser to the callback.
};

/// A value as it may be shown to anybody: secrets are `[redacted]`.
struct ConfiguredValue {
  std::string key;    ///< `storage`, `providers.work.issuer`
  std::string value;
  Origin origin;
};

/// The settings and providers of a program, from its files and the environment. Moves; not copied, since it may hold
/// secrets. `configuration.invalid` (Misconfigured) names file, line and column.
class Configuration {
 public:
  /// Files that are not there are fine. Each must belong to the user or to root and be writable by nobody else, and lie
  /// in a folder of which that is true; one with a secret in it must be readable by nobody else. Own symbolic links to
  /// own files are followed. Errors: `configuration.invalid`; `configuration.insecure` with the command that repairs it
  /// and `configuration.unreadable` (LocalEnvironment).
  static Result<Configuration> load(const ConfigurationFiles& files, const EnvironmentLookup& environment);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] Origin origin_of(std::string_view setting) const;
  /// A setting said stronger than before, in the words of the file. `configuration.invalid` when it is no such value.
  Result<> set(std::string_view setting, std::string_view text, Origin origin);

  [[nodiscard]] std::vector<std::string> providers() const;  ///< Sorted by name.
  /// Nothing when there is no such provider. `configuration.secret_missing` (Misconfigured) when the variable that is to
  /// hold its client secret is not set.
  Result<std::optional<OAuthConfig>> provider(const std::string& name, const EnvironmentLookup& environment) const;

  /// Providers that are known beforehand: endpoints where there is no metadata, and where they depart from the standards.
  /// Sorted by name; none of them has a client.
  [[nodiscard]] static std::vector<std::string> definitions();
  /// One of them; nothing when there is none of that name. With an `issuer` of another installation it has none of the
  /// endpoints.
  [[nodiscard]] static std::optional<OAuthConfig> definition(const std::string& name, const std::string& issuer = {});

  /// All settings, then what is said of each provider, with who said it.
  [[nodiscard]] std::vector<ConfiguredValue> values() const;
  /// Those that were there.
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return files_; }

  /// A provider's entry as the files have it.
  struct Provider {
    OAuthConfig oauth = {};
    std::string like = {};               ///< The definition that this entry begins with; see definitions().
    std::string client_secret_env = {};  ///< Variable that holds the client secret, read when it is needed.
    std::string registered_name = {};    ///< Under which this program registers itself (RFC 7591); empty: it does not.
    std::string initial_access_token_env = {};  ///< Variable of RegistrationRequest::initial_access_token; not needed later.
    std::map<std::string, Origin, std::less<>> origins = {};  ///< Of the keys that were said.
  };

 private:
  Result<> add_file(const std::filesystem::path& path, Origin::Layer layer);
  Result<> add_environment(const EnvironmentLookup& environment);
  /// The entry over the definition that it is like.
  [[nodiscard]] static Provider completed(const Provider& entry);

  Settings settings_;
  std::map<std::string, Origin, std::less<>> origins_;
  std::map<std::string, Provider> providers_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace mimir::oauth
