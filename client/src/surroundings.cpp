#include <mimir/oauth/surroundings.hpp>

#include <unistd.h>

#include <array>

#include "internal/sanitise.hpp"

namespace mimir::oauth {
namespace {

bool variable_is_set(const EnvironmentLookup& environment, std::string_view name) {
  return !environment(name).value_or("").empty();
}

/// CI systems set `CI=true`; some people switch it off by `false` or `0`.
bool is_automatic(const EnvironmentLookup& environment) {
  const auto value = environment("CI").value_or("");
  return !value.empty() && value != "false" && value != "0";
}

bool is_over_ssh(const EnvironmentLookup& environment) {
  return variable_is_set(environment, "SSH_CONNECTION") || variable_is_set(environment, "SSH_CLIENT") || variable_is_set(environment, "SSH_TTY");
}

/// A screen that the user sits at. Over SSH only a display that SSH itself forwards is one (`localhost:10.0`); `:0` is
/// the server's own, where nobody may be.
bool has_display(const EnvironmentLookup& environment) {
  const auto display = environment("DISPLAY").value_or("");
  if (is_over_ssh(environment)) return display.find(':') != std::string::npos && !display.starts_with(':');
  return !display.empty() || variable_is_set(environment, "WAYLAND_DISPLAY");
}

/// For whom root acts; empty when for nobody. pkexec and doas tell it their own way.
std::string user_behind(const Surroundings& here) {
  if (!here.is_superuser) return "";
  for (const auto* const name : {"SUDO_USER", "DOAS_USER"}) {
    if (auto user = here.environment(name).value_or(""); !user.empty() && user != "root") return user;
  }
  const auto id = here.environment("PKEXEC_UID").value_or("");
  return id.empty() || id == "0" ? "" : "user " + id;
}

struct Facts {
  BrowserWish wish;
  bool is_for_another_user, refuses, names_a_browser, is_automatic, is_over_ssh, has_display, is_wsl, has_wsl_interop,
      in_container, has_terminal;
};

struct Rule {
  bool (*applies)(const Facts&);
  bool opens;
  const char* reason;
};

/// CH-BR-07: the first rule that applies decides.
constexpr std::array kRules = {
    Rule{[](const Facts& f) { return f.wish == BrowserWish::DoNotOpen; }, false, "none is wanted"},
    Rule{[](const Facts& f) { return f.is_for_another_user; }, false, "root does not open one on another user's desktop"},
    Rule{[](const Facts& f) { return f.wish == BrowserWish::Open; }, true, "one is wanted"},
    Rule{[](const Facts& f) { return f.refuses; }, false, "NO_BROWSER is set"},
    Rule{[](const Facts& f) { return f.names_a_browser; }, true, "BROWSER names one"},
    Rule{[](const Facts& f) { return f.is_automatic; }, false, "this is an automatic run, CI is set"},
    Rule{[](const Facts& f) { return f.is_over_ssh && !f.has_display; }, false, "this is an SSH session"},
    Rule{[](const Facts& f) { return f.is_wsl && f.has_wsl_interop; }, true, "Windows has one"},
    Rule{[](const Facts& f) { return f.has_display; }, true, "there is a desktop"},
    Rule{[](const Facts& f) { return f.is_wsl; }, false, "this is WSL, and it cannot start programs of Windows"},
    Rule{[](const Facts& f) { return f.in_container; }, false, "this is a container"},
    Rule{[](const Facts& f) { return f.has_terminal; }, false, "there is no desktop here"},
    Rule{[](const Facts&) { return true; }, false, "there is neither a desktop nor a terminal here"},
};

}  // namespace

Surroundings look_around(EnvironmentLookup environment) {
  const auto exists = [](const char* path) { return ::access(path, F_OK) == 0; };
  return {.environment = std::move(environment),
          .is_superuser = ::geteuid() == 0,
          .has_terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1,
          .in_container = exists("/.dockerenv") || exists("/run/.containerenv"),
          .has_wsl_interop = exists("/proc/sys/fs/binfmt_misc/WSLInterop") ||
                             exists("/proc/sys/fs/binfmt_misc/WSLInterop-late")};
}

BrowserDecision decide_on_browser(const Surroundings& here, BrowserWish wish) {
  const auto& environment = here.environment;
  const Facts facts{.wish = wish,
                    .is_for_another_user = !user_behind(here).empty(),
                    .refuses = variable_is_set(environment, "NO_BROWSER"),
                    .names_a_browser = variable_is_set(environment, "BROWSER"),
                    .is_automatic = is_automatic(environment),
                    .is_over_ssh = is_over_ssh(environment),
                    .has_display = has_display(environment),
                    .is_wsl = variable_is_set(environment, "WSL_DISTRO_NAME") || variable_is_set(environment, "WSL_INTEROP"),
                    .has_wsl_interop = here.has_wsl_interop,
                    // systemd-nspawn and podman set the variable, the engines leave the file.
                    .in_container = here.in_container || variable_is_set(environment, "container"),
                    .has_terminal = here.has_terminal};
  for (const auto& rule : kRules) {
    if (!rule.applies(facts)) continue;
    const bool is_asked_for = wish != BrowserWish::Guess || facts.refuses;
    return {.opens = rule.opens,
            .reason = rule.reason,
            .nobody_is_here = !rule.opens && !is_asked_for && (facts.is_automatic || !facts.has_terminal)};
  }
  return {};  // not reached: the last rule always applies
}

std::string superuser_warning(const Surroundings& here, const std::filesystem::path& folder) {
  if (!here.is_superuser) return "";
  const auto kept = "the login is kept in " + internal::sanitise(folder.string()) + ", for root alone";
  if (const auto user = user_behind(here); !user.empty()) {
    return "This runs as root for " + internal::sanitise(user, 64) + ": " + kept + ". Run it without sudo to log in as " +
           internal::sanitise(user, 64) + ".";
  }
  const bool in_container = here.in_container || variable_is_set(here.environment, "container");
  return in_container ? "" : "This runs as root: " + kept + ".";
}

}  // namespace mimir::oauth
