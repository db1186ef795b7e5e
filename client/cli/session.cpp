#include <session.hpp>

#include <algorithm>

#include <unistd.h>

#include <exit_status.hpp>

namespace mimir::cli {
namespace {

/// Where none is opened: the URL has been printed, that is all.
class NoBrowser final : public oauth::Browser {
 public:
  oauth::Result<> open(const std::string&) override { return {}; }
};

/// Whether somebody may type here: a terminal, ours at the moment, and no automatic run.
bool may_paste(const oauth::EnvironmentLookup& environment) {
  return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp() && environment("CI").value_or("").empty();
}

/// Whether one is opened is decided already, NO_BROWSER included; a flag overrides that variable.
std::unique_ptr<oauth::Browser> browser_for(const oauth::BrowserDecision& decision,
                                            const oauth::EnvironmentLookup& environment) {
  if (!decision.opens) return std::make_unique<NoBrowser>();
  return oauth::make_system_browser([environment](std::string_view name) {
    return name == "NO_BROWSER" ? std::nullopt : environment(name);
  });
}

void tell(const Terminal& terminal, oauth::PasteNotice notice) {
  switch (notice) {
    case oauth::PasteNotice::Accepted: return terminal.progress("The pasted address belongs to this login.");
    case oauth::PasteNotice::NotAResponse:
      return terminal.warning("That is no address with an answer. Copy all of it from the browser's address bar.");
    case oauth::PasteNotice::AnotherLogin: return terminal.warning("That answer belongs to another login.");
  }
}

/// `below` within $MIMIR_HOME, else a folder of our name where the XDG Base Directory Specification says.
std::optional<std::filesystem::path> folder_of_mimir(const oauth::EnvironmentLookup& environment, std::string_view below,
                                                     std::string_view variable, std::string_view below_home) {
  const auto set = [&](std::string_view name) { return std::filesystem::path(environment(name).value_or("")); };
  if (const auto own = set("MIMIR_HOME"); !own.empty()) {
    return below.empty() ? std::filesystem::absolute(own) : std::filesystem::absolute(own) / below;
  }
  if (const auto folder = set(variable); folder.is_absolute()) return folder / "mimir";
  if (const auto home = set("HOME"); home.is_absolute()) return home / below_home / "mimir";
  return std::nullopt;
}

}  // namespace

std::optional<std::filesystem::path> data_folder(const oauth::EnvironmentLookup& environment) {
  return folder_of_mimir(environment, "", "XDG_DATA_HOME", ".local/share");
}

std::optional<std::filesystem::path> state_folder(const oauth::EnvironmentLookup& environment) {
  return folder_of_mimir(environment, "state", "XDG_STATE_HOME", ".local/state");
}

oauth::Result<oauth::Configuration> load_configuration(const SessionOptions& options,
                                                       const oauth::EnvironmentLookup& environment) {
  const auto files = options.ignores_files ? oauth::ConfigurationFiles{} : oauth::configuration_files("mimir", environment);
  auto loaded = oauth::Configuration::load(files, environment);
  const auto say = [&](std::string_view setting, const std::string& text, std::string flag) {
    if (!loaded) return;
    auto said = loaded->set(setting, text, {.layer = oauth::Origin::Layer::Flag, .where = std::move(flag)});
    if (!said) loaded = oauth::fail(std::move(said.error()));
  };
  if (!options.storage.empty()) say("storage", options.storage, "--storage");
  if (options.browser == oauth::BrowserWish::Open) say("browser", "true", "--browser");
  if (options.browser == oauth::BrowserWish::DoNotOpen) say("browser", "false", "--no-browser");
  if (options.login_timeout.count() > 0) say("login_timeout", std::to_string(options.login_timeout.count()), "--timeout");
  return loaded;
}

oauth::BrowserWish browser_wish(const SessionOptions& options, const oauth::Configuration& configuration) {
  const auto& opens = configuration.settings().opens_browser;
  if (!opens || configuration.origin_of("browser").layer == oauth::Origin::Layer::Environment) return options.browser;
  return *opens ? oauth::BrowserWish::Open : oauth::BrowserWish::DoNotOpen;
}

int report_unopened(const oauth::Error& error) {
  Terminal(stderr_is_fancy(oauth::process_environment())).error(error);
  return exit_status_of(error, false);
}

oauth::Result<std::unique_ptr<Session>> Session::open(const SessionOptions& options) {
  auto configuration = load_configuration(options, oauth::process_environment());
  if (!configuration) return oauth::fail(std::move(configuration.error()));
  const auto folder = data_folder(oauth::process_environment());
  if (!folder) {
    return oauth::fail({.category = oauth::Category::LocalEnvironment,
                        .code = "store.no_folder",
                        .message = "There is no place to keep logins: neither MIMIR_HOME nor HOME is set.",
                        .hint = "Set MIMIR_HOME to a folder of your own."});
  }
  // A keyring may ask for its password only where somebody can answer.
  const bool somebody_is_there = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  const oauth::StorageOptions storage{
      .folder = *folder, .backend = configuration->settings().storage, .may_prompt = somebody_is_there};
  const auto known = oauth::storage_backends();
  const auto is_meant = [&](const auto& backend) { return backend.name == storage.backend; };
  if (storage.backend != "auto" && std::ranges::none_of(known, is_meant)) {
    oauth::SystemRandom random;
    return oauth::fail(oauth::open_storage(storage, random).error());
  }
  std::unique_ptr<Session> session(new Session(options, *std::move(configuration), storage));
  if (options.trace) {
    if (auto started = session->start_trace(); !started) return oauth::fail(std::move(started.error()));
  }
  session->make_manager();
  return session;
}

Session::Session(const SessionOptions& options, oauth::Configuration configuration, oauth::StorageOptions storage_options)
    : configuration_(std::move(configuration)),
      storage_options_(std::move(storage_options)),
      decision_(oauth::decide_on_browser(surroundings_, browser_wish(options, configuration_))),
      offers_device_(options.device_beside_browser ||
                     (browser_wish(options, configuration_) == oauth::BrowserWish::Guess && !decision_.opens &&
                      surroundings_.has_terminal)),
      other_login_(options.other_login),
      http_(oauth::make_curl_transport({.user_agent = "mimir/" MIMIR_VERSION})),
      browser_(browser_for(decision_, environment_)),
      callbacks_(oauth::make_callback_server_factory()),
      paste_(may_paste(environment_) ? oauth::make_descriptor_paste_source(STDIN_FILENO) : nullptr),
      race_(paste_ ? oauth::make_racing_callback_factory(
                         *callbacks_, *paste_, [this](oauth::PasteNotice notice) { tell(terminal_, notice); })
                   : nullptr),
      storage_(std::move(*oauth::open_storage(storage_options_, random_))) {}  // open() has looked at the name

oauth::Result<> Session::start_trace() {
  const auto folder = state_folder(environment_);
  if (!folder) {
    return oauth::fail({.category = oauth::Category::LocalEnvironment,
                        .code = "trace.no_folder",
                        .message = "There is no place for a trace: neither MIMIR_HOME nor HOME is set.",
                        .hint = "Set MIMIR_HOME to a folder of your own."});
  }
  const oauth::TraceFileOptions options{.folder = *folder, .home = environment_("HOME").value_or("")};
  auto trace = oauth::open_trace_file(options, clock_, random_);
  if (!trace) return oauth::fail(std::move(trace.error()));
  trace_ = *std::move(trace);
  traced_http_ = oauth::make_traced_transport(*http_, *trace_);
  traced_storage_ = oauth::make_traced_storage(*storage_, *trace_);
  trace_->record("start", {{"version", MIMIR_VERSION}, {"storage", storage_->description()}, {"browser", decision_.reason}});
  terminal_.progress("What is done is written to " + printable(oauth::trace_file(options).string()) +
                     ". No token, code or password gets there; it may be shown to others.");
  return {};
}

void Session::make_manager() {
  oauth::EventSink events = [this](const oauth::Event& event) { show(event); };
  if (trace_) events = oauth::traced_events(*trace_, std::move(events));
  manager_ = std::make_unique<oauth::OAuthManager>(
      oauth::Seams{.http = traced_http_ ? *traced_http_ : *http_,
                   .browser = *browser_,
                   .callbacks = race_ ? *race_ : *callbacks_,
                   .storage = storage(),
                   .clock = clock_,
                   .random = random_,
                   .events = std::move(events)},
      oauth::ManagerOptions{.login_timeout = configuration_.settings().login_timeout,
                            .device_beside_browser = offers_device_,
                            .other_login = other_login_});
}

oauth::Result<bool> Session::configure(const std::string& name) {
  auto config = configuration_.provider(name, environment_);
  if (!config) return oauth::fail(std::move(config.error()));
  if (!*config) return false;
  manager_->add_provider(name, std::move(**config));
  return true;
}

std::optional<oauth::Error> Session::unattended() const {
  if (!decision_.nobody_is_here) return std::nullopt;
  return oauth::Error{.category = oauth::Category::LoginRequired,
                      .code = "login.interaction_required",
                      .message = "A login needs somebody with a browser, and none is opened: " + decision_.reason + ".",
                      .hint = "Run it in a terminal; or with --no-browser, where a program reads the address; or with --device."};
}

void Session::show(const oauth::Event& event) const {
  using Kind = oauth::Event::Kind;
  if (event.kind == Kind::AuthorizationUrl || event.kind == Kind::DeviceCode) {
    const auto warning = oauth::superuser_warning(surroundings_, storage_options_.folder);
    if (!warning.empty()) terminal_.warning(warning);
  }
  terminal_.show(event, decision_, {.environment = environment_, .takes_pastes = race_ != nullptr});
  if (race_ && event.kind == Kind::AuthorizationUrl) {
    terminal_.progress("If the browser runs on another machine, paste here the address it ends at.");
  }
}

int Session::report(oauth::Error error, const std::string& name) const {
  if (error.category == oauth::Category::LoginRequired || error.code == "provider.unknown") {
    const auto login = storage_->load(name);
    error.hint = "Run: mimir connect " + name + " --oauth";
    const bool is_configured = std::ranges::count(configuration_.providers(), name) > 0;
    if (!is_configured && (!login || !*login)) error.hint += " --issuer URL --client-id ID (or --register)";
  }
  if (trace_) oauth::trace_error(*trace_, error);
  const auto status = exit_status_of(error, signals_.received());
  if (status == kInterrupted) {
    terminal_.progress("Interrupted.");
  } else {
    terminal_.error(error);
  }
  return status;
}

}  // namespace mimir::cli
