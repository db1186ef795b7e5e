#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/pasted_callback.hpp>
#include <mimir/oauth/storage_choice.hpp>

#include <signals.hpp>
#include <terminal.hpp>

namespace mimir::cli {

/// Where logins are kept: $MIMIR_HOME, else $XDG_DATA_HOME/mimir, else ~/.local/share/mimir. Relative values of the XDG
/// variable are ignored, as its specification asks. Nothing when not even HOME is set.
[[nodiscard]] std::optional<std::filesystem::path> data_folder(const oauth::EnvironmentLookup& environment);

/// How a command may talk to the user.
struct SessionOptions {
  std::string storage = "auto";
  bool opens_browser = true;
  std::chrono::milliseconds login_timeout{300'000};
};

/// The production seams, a manager over them and the way to speak to the user; one per process.
class Session {
 public:
  /// Fails with LocalEnvironment when there is no place for a store.
  static oauth::Result<std::unique_ptr<Session>> open(const SessionOptions& options);

  oauth::OAuthManager& manager() { return *manager_; }
  oauth::TokenStorage& storage() { return *storage_; }
  oauth::Random& random() { return random_; }
  oauth::CallbackReceiverFactory& callbacks() { return *callbacks_; }
  [[nodiscard]] const oauth::StorageOptions& storage_options() const { return storage_options_; }
  const oauth::Clock& clock() const { return clock_; }
  const Terminal& terminal() const { return terminal_; }
  const oauth::EnvironmentLookup& environment() const { return environment_; }
  [[nodiscard]] oauth::CallOptions call_options() const { return {.stop = signals_.token()}; }
  /// Prints the error and says with which status to end.
  [[nodiscard]] int report(oauth::Error error, const std::string& name) const;

 private:
  Session(const SessionOptions& options, oauth::StorageOptions storage_options);

  Signals signals_;
  oauth::EnvironmentLookup environment_ = oauth::process_environment();
  Terminal terminal_{stderr_is_fancy(environment_)};
  oauth::SystemClock clock_;
  oauth::SystemRandom random_;
  oauth::StorageOptions storage_options_;
  std::unique_ptr<oauth::HttpTransport> http_;
  std::unique_ptr<oauth::Browser> browser_;
  std::unique_ptr<oauth::CallbackReceiverFactory> callbacks_;
  std::unique_ptr<oauth::PasteSource> paste_;              ///< Standard input, when a person may type there.
  std::unique_ptr<oauth::CallbackReceiverFactory> race_;   ///< Listener against paste; empty without one.
  std::unique_ptr<oauth::TokenStorage> storage_;
  std::unique_ptr<oauth::OAuthManager> manager_;
};

}  // namespace mimir::cli
