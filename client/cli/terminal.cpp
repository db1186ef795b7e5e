#include <terminal.hpp>

#include <cstdio>
#include <string>

#include <unistd.h>

namespace mimir::cli {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

void to_stderr(std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string signed_line(bool fancy, std::string_view colour, std::string_view sign, std::string_view plain,
                        std::string_view line) {
  std::string text;
  if (fancy) {
    text.append(colour).append(sign).append(kPlain).append(" ");
  } else {
    text.append(plain);
  }
  return text.append(line);
}

std::string without_full_stop(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

void Terminal::progress(std::string_view line) const { to_stderr(std::string(line)); }
void Terminal::success(std::string_view line) const { to_stderr(signed_line(fancy_, kGreen, "\u2713", "", line)); }
void Terminal::warning(std::string_view line) const {
  to_stderr(signed_line(fancy_, kYellow, "\u26a0", "warning: ", line));
}

void Terminal::error(const oauth::Error& error) const {
  auto text = signed_line(fancy_, kRed, "\u2717", "error: ", error.message);
  text += " [" + error.code + (error.spec.empty() ? "" : ", " + error.spec) + "]";
  to_stderr(std::move(text));
  if (error.retry_after) to_stderr("The provider asked to wait " + std::to_string(error.retry_after->count()) + " seconds.");
  if (!error.hint.empty()) to_stderr(error.hint);
}

bool Terminal::result(std::string_view text) const {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void Terminal::show(const oauth::Event& event, bool opens_browser) const {
  using Kind = oauth::Event::Kind;
  switch (event.kind) {
    case Kind::AuthorizationUrl:
      if (opens_browser) {
        progress("Opening browser to: " + event.text + "\n\nIf the browser doesn't open, visit the URL above manually.");
      } else {
        progress("Visit this URL to log in: " + event.text);
      }
      return;
    case Kind::DeviceCode:
      if (!event.device) return;
      progress("Visit " + event.device->verification_uri + " on any device and enter the code\n\n    " +
               event.device->user_code + "\n\nOnly if you started this login yourself: compare the code there with this one.");
      if (event.device->verification_uri_complete) progress("Or visit " + *event.device->verification_uri_complete);
      return;
    case Kind::BrowserFailed:
      return warning("The browser could not be opened (" + without_full_stop(event.text) + "). Visit the URL above.");
    case Kind::Waiting: return progress(fancy_ ? "\nWaiting for authentication... \u23f3" : "Waiting for authentication...");
    case Kind::Refreshing: return;
    case Kind::Refreshed: return progress("Renewed the access to " + event.provider + ".");
    case Kind::LoginNeeded: return warning(without_full_stop(event.text) + "; logging in again.");
    case Kind::Stored: return success("Tokens stored securely: " + event.text);
    case Kind::Warning: return warning(event.text);
  }
}

std::string printable(std::string text) {
  for (auto& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

bool stderr_is_fancy(const oauth::EnvironmentLookup& environment) {
  if (isatty(STDERR_FILENO) != 1) return false;
  if (!environment("NO_COLOR").value_or("").empty() || environment("TERM").value_or("dumb") == "dumb") return false;
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name).value_or("");
    if (!value.empty()) return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace mimir::cli
