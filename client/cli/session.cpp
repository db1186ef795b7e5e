#include <session.hpp>

#include <algorithm>

#include <unistd.h>

#include <exit_status.hpp>

namespace mimir::cli {
namespace {

/// For --no-browser: the URL has been printed, that is all.
class NoBrowser final : public oauth::Browser {
 public:
  oauth::Result<> open(const std::string&) override { return {}; }
};

/// Whether somebody may type here: a terminal, ours at the moment, and no automatic run.
bool may_paste(const oauth::EnvironmentLookup& environment) {
  return isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp() && environment("CI").value_or("").empty();
}

void tell(const Terminal& terminal, oauth::PasteNotice notice) {
  switch (notice) {
    case oauth::PasteNotice::Accepted: return terminal.progress("The pasted address belongs to this login.");
    case oauth::PasteNotice::NotAResponse:
      return terminal.warning("That is no address with an answer. Copy all of it from the browser's address bar.");
    case oauth::PasteNotice::AnotherLogin: return terminal.warning("That answer belongs to another login.");
  }
}

}  // namespace

std::optional<std::filesystem::path> data_folder(const oauth::EnvironmentLookup& environment) {
  const auto set = [&](std::string_view name) { return std::filesystem::path(environment(name).value_or("")); };
  if (const auto home = set("MIMIR_HOME"); !home.empty()) return std::filesystem::absolute(home);
  if (const auto data = set("XDG_DATA_HOME"); data.is_absolute()) return data / "mimir";
  if (const auto home = set("HOME"); home.is_absolute()) return home / ".local/share/mimir";
  return std::nullopt;
}

oauth::Result<std::unique_ptr<Session>> Session::open(const SessionOptions& options) {
  const auto folder = data_folder(oauth::process_environment());
  if (!folder) {
    return oauth::fail({.category = oauth::Category::LocalEnvironment,
                        .code = "store.no_folder",
                        .message = "There is no place to keep logins: neither MIMIR_HOME nor HOME is set.",
                        .hint = "Set MIMIR_HOME to a folder of your own."});
  }
  // A keyring may ask for its password only where somebody can answer.
  const bool somebody_is_there = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  const oauth::StorageOptions storage{.folder = *folder, .backend = options.storage, .may_prompt = somebody_is_there};
  const auto known = oauth::storage_backends();
  const auto is_meant = [&](const auto& backend) { return backend.name == options.storage; };
  if (options.storage != "auto" && std::ranges::none_of(known, is_meant)) {
    oauth::SystemRandom random;
    return oauth::fail(oauth::open_storage(storage, random).error());
  }
  return std::unique_ptr<Session>(new Session(options, storage));
}

Session::Session(const SessionOptions& options, oauth::StorageOptions storage_options)
    : storage_options_(std::move(storage_options)),
      http_(oauth::make_curl_transport({.user_agent = "mimir/" MIMIR_VERSION})),
      browser_(options.opens_browser ? oauth::make_system_browser(environment_) : std::make_unique<NoBrowser>()),
      callbacks_(oauth::make_callback_server_factory()),
      paste_(may_paste(environment_) ? oauth::make_descriptor_paste_source(STDIN_FILENO) : nullptr),
      race_(paste_ ? oauth::make_racing_callback_factory(
                         *callbacks_, *paste_, [this](oauth::PasteNotice notice) { tell(terminal_, notice); })
                   : nullptr),
      storage_(std::move(*oauth::open_storage(storage_options_, random_))),  // open() has looked at the name
      manager_(std::make_unique<oauth::OAuthManager>(
          oauth::Seams{.http = *http_,
                       .browser = *browser_,
                       .callbacks = race_ ? *race_ : *callbacks_,
                       .storage = *storage_,
                       .clock = clock_,
                       .random = random_,
                       .events = [this, opens = options.opens_browser](
                                     const oauth::Event& event) {
                         terminal_.show(event, opens);
                         if (race_ && event.kind == oauth::Event::Kind::AuthorizationUrl) {
                           terminal_.progress("If the browser runs on another machine, paste here the address it ends at.");
                         }
                       }},
          oauth::ManagerOptions{.login_timeout = options.login_timeout})) {}

int Session::report(oauth::Error error, const std::string& name) const {
  if (error.category == oauth::Category::LoginRequired || error.code == "provider.unknown") {
    const auto login = storage_->load(name);
    error.hint = "Run: mimir connect " + name + " --oauth";
    if (!login || !*login) error.hint += " --issuer URL --client-id ID";
  }
  const auto status = exit_status_of(error, signals_.received());
  if (status == kInterrupted) {
    terminal_.progress("Interrupted.");
  } else {
    terminal_.error(error);
  }
  return status;
}

}  // namespace mimir::cli
