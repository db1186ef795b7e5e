#pragma once

#include <filesystem>
#include <string>

#include <mimir/oauth/browser.hpp>

namespace mimir::oauth {

/// What can be seen of the place a program runs at, as far as a login in a browser depends on it. Facts only, so that
/// tests can make them up. A value type.
struct Surroundings {
  EnvironmentLookup environment = process_environment();
  bool is_superuser = false;     ///< The effective user is root.
  bool has_terminal = false;     ///< Somebody can read and type: standard input and standard error are terminals.
  bool in_container = false;     ///< A container engine has left its mark in the file system.
  bool has_wsl_interop = false;  ///< Within WSL: programs of Windows can be started from here.
};

/// The facts of this process.
[[nodiscard]] Surroundings look_around(EnvironmentLookup environment = process_environment());

/// What the user has said about opening a browser.
enum class BrowserWish {
  Guess,  ///< Nothing.
  Open,
  DoNotOpen
};

struct BrowserDecision {
  bool opens = true;
  std::string reason = {};  ///< A clause for a person, without full stop: `this is an SSH session`.
  /// None is opened, nobody has asked for the address alone, and no terminal is there to read it at: a login would wait
  /// for nobody (CH-CL-07).
  bool nobody_is_here = false;
};

/// Whether a browser that is started here would be seen by the user. A wrong guess costs a click and no login: the URL is
/// announced in any case, and the callback can be pasted. The wish decides, unless root acts for somebody else: a browser
/// of root's on another user's desktop opens that desktop to whatever the page can do.
[[nodiscard]] BrowserDecision decide_on_browser(const Surroundings& surroundings, BrowserWish wish = BrowserWish::Guess);

/// What root should know before a login is kept in `folder`: whose it will be. Empty for everybody else, and in a
/// container, where root is nobody in particular.
[[nodiscard]] std::string superuser_warning(const Surroundings& surroundings, const std::filesystem::path& folder);

}  // namespace mimir::oauth
