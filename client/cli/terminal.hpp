#pragma once

#include <string>
#include <string_view>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/surroundings.hpp>

#include <waiting_line.hpp>

namespace mimir::cli {

/// Speaks to the person: results on stdout, everything else on stderr. Signs beyond ASCII and colours only on a terminal
/// that can show them. Thread-safe as far as stdio is.
class Terminal {
 public:
  /// @param fancy  whether stderr takes colours and signs.
  explicit Terminal(bool fancy) : fancy_(fancy) {}

  void progress(std::string_view line) const;
  void success(std::string_view line) const;
  void warning(std::string_view line) const;
  void error(const oauth::Error& error) const;
  /// @returns false when stdout took it only in part: closed pipe, full disk.
  [[nodiscard]] bool result(std::string_view text) const;
  /// Shows what the library is doing. A URL has a line of its own, whole and without links or colours, so that it can be
  /// copied as it is (CH-BR-15). @param browser  whether one is opened for it, and why.
  /// @param here  who waits for the user, and where.
  void show(const oauth::Event& event, const oauth::BrowserDecision& browser, const Waiter& here = {}) const;

 private:
  void show_wait(const oauth::Event& event, const Waiter& here) const;
  bool fancy_;
};

/// What comes from a provider, a file or the user, fit for a terminal: everything beyond printable ASCII becomes `?`.
[[nodiscard]] std::string printable(std::string text);

/// The same for several lines: their breaks stay.
[[nodiscard]] std::string printable_lines(std::string text);

/// Whether the locale's characters are UTF-8: LC_ALL, else LC_CTYPE, else LANG.
[[nodiscard]] bool is_utf8_locale(const oauth::EnvironmentLookup& environment);

/// Whether stderr is a terminal for colours and signs: NO_COLOR unset, TERM not dumb, a UTF-8 locale.
[[nodiscard]] bool stderr_is_fancy(const oauth::EnvironmentLookup& environment);

}  // namespace mimir::cli
