#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <mimir/oauth/configuration.hpp>
#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/pasted_callback.hpp>
#include <mimir/oauth/storage_choice.hpp>
#include <mimir/oauth/surroundings.hpp>
#include <mimir/oauth/trace.hpp>

#include <signals.hpp>
#include <terminal.hpp>

namespace mimir::cli {

/// Where logins are kept: $MIMIR_HOME, else $XDG_DATA_HOME/mimir, else ~/.local/share/mimir. Relative values of the XDG
/// variable are ignored, as its specification asks. Nothing when not even HOME is set.
[[nodiscard]] std::optional<std::filesystem::path> data_folder(const oauth::EnvironmentLookup& environment);

/// Where traces are kept: $MIMIR_HOME/state, else $XDG_STATE_HOME/mimir, else ~/.local/state/mimir.
[[nodiscard]] std::optional<std::filesystem::path> state_folder(const oauth::EnvironmentLookup& environment);

/// What the flags of a command say; what they leave open is decided by environment and configuration.
struct SessionOptions {
  std::string storage = {};
  oauth::BrowserWish browser = oauth::BrowserWish::Guess;
  std::chrono::seconds login_timeout{0};
  bool device_beside_browser = false;
  oauth::ManagerOptions::OtherLogin other_login = oauth::ManagerOptions::OtherLogin::Wait;
  bool ignores_files = false;  ///< For finding out what is wrong with them.
  bool trace = false;
};

/// Files, environment and flags together (CH-CF-12).
oauth::Result<oauth::Configuration> load_configuration(const SessionOptions& options,
                                                       const oauth::EnvironmentLookup& environment);
/// What flags and configuration say about the browser; NO_BROWSER is left to the decision, which knows it.
[[nodiscard]] oauth::BrowserWish browser_wish(const SessionOptions& options, const oauth::Configuration& configuration);

/// Prints why there is no session and says with which status to end.
[[nodiscard]] int report_unopened(const oauth::Error& error);

/// The production seams, a manager over them and the way to speak to the user; one per process.
class Session {
 public:
  /// Fails with LocalEnvironment when there is no place for a store, and for a configuration that cannot be used.
  static oauth::Result<std::unique_ptr<Session>> open(const SessionOptions& options);

  oauth::OAuthManager& manager() { return *manager_; }
  oauth::TokenStorage& storage() { return traced_storage_ ? *traced_storage_ : *storage_; }
  oauth::Random& random() { return random_; }
  oauth::CallbackReceiverFactory& callbacks() { return *callbacks_; }
  [[nodiscard]] const oauth::StorageOptions& storage_options() const { return storage_options_; }
  const oauth::Clock& clock() const { return clock_; }
  const Terminal& terminal() const { return terminal_; }
  [[nodiscard]] const oauth::Configuration& configuration() const { return configuration_; }
  /// Makes the provider of that name known to the manager, if the configuration has it. @returns whether it has.
  oauth::Result<bool> configure(const std::string& name);
  /// Why a login would wait for nobody here, if it would (CH-CL-07).
  [[nodiscard]] std::optional<oauth::Error> unattended() const;
  [[nodiscard]] const oauth::Surroundings& surroundings() const { return surroundings_; }
  const oauth::EnvironmentLookup& environment() const { return environment_; }
  [[nodiscard]] oauth::CallOptions call_options() const { return {.stop = signals_.token()}; }
  /// Prints the error and says with which status to end.
  [[nodiscard]] int report(oauth::Error error, const std::string& name) const;

 private:
  Session(const SessionOptions& options, oauth::Configuration configuration, oauth::StorageOptions storage_options);
  void show(const oauth::Event& event) const;
  /// From now on everything goes through the trace.
  oauth::Result<> start_trace();
  void make_manager();

  Signals signals_;
  oauth::EnvironmentLookup environment_ = oauth::process_environment();
  oauth::Surroundings surroundings_ = oauth::look_around(environment_);
  Terminal terminal_{stderr_is_fancy(environment_)};
  oauth::SystemClock clock_;
  oauth::SystemRandom random_;
  oauth::Configuration configuration_;
  oauth::StorageOptions storage_options_;
  oauth::BrowserDecision decision_;
  bool offers_device_;  ///< Also where somebody is here whose browser is probably on another machine.
  oauth::ManagerOptions::OtherLogin other_login_;
  std::unique_ptr<oauth::TraceSink> trace_;  ///< None unless it was asked for.
  std::unique_ptr<oauth::HttpTransport> http_;
  std::unique_ptr<oauth::HttpTransport> traced_http_;
  std::unique_ptr<oauth::Browser> browser_;
  std::unique_ptr<oauth::CallbackReceiverFactory> callbacks_;
  std::unique_ptr<oauth::PasteSource> paste_;              ///< Standard input, when a person may type there.
  std::unique_ptr<oauth::CallbackReceiverFactory> race_;   ///< Listener against paste; empty without one.
  std::unique_ptr<oauth::TokenStorage> storage_;
  std::unique_ptr<oauth::TokenStorage> traced_storage_;
  std::unique_ptr<oauth::OAuthManager> manager_;
};

}  // namespace mimir::cli
