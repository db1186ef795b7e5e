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

/// What stands before and after a line that is to be copied.
std::string url_notice(const std::string& url, const oauth::BrowserDecision& browser) {
  if (browser.opens) {
    return "Opening browser (" + browser.reason + ") to:\n\n" + url +
           "\n\nIf the browser doesn't open, copy that line into one yourself.";
  }
  return "No browser is opened: " + browser.reason + ". Copy this line into one, on any machine:\n\n" + url + "\n";
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

void Terminal::show(const oauth::Event& event, const oauth::BrowserDecision& browser, const Waiter& here) const {
  using Kind = oauth::Event::Kind;
  switch (event.kind) {
    case Kind::AuthorizationUrl: return progress(url_notice(event.text, browser));
    case Kind::DeviceCode:
      if (!event.device) return;
      progress("Visit this page on any device:\n\n" + event.device->verification_uri + "\n\nand enter the code\n\n    " +
               event.device->user_code + "\n\nOnly if you started this login yourself: compare the code there with this one.");
      if (event.device->verification_uri_complete) progress("Or visit\n\n" + *event.device->verification_uri_complete + "\n");
      return;
    case Kind::BrowserFailed:
      return warning("The browser could not be opened (" + without_full_stop(event.text) + "). Visit the URL above.");
    case Kind::OtherLogin:
      return progress(without_full_stop(event.text) + "; waiting for it. Ctrl-C ends the wait.");
    case Kind::Waiting:
    case Kind::StillWaiting:
      if (event.wait) show_wait(event, here);
      return;
    case Kind::CameBack:
      if (event.text == "device") progress("The login came from the other device.");
      return;
    case Kind::Refreshing: return;
    case Kind::Registered: return progress("Registered this program at " + event.provider + " (client id " + event.text + ").");
    case Kind::Refreshed: return progress("Renewed the access to " + event.provider + ".");
    case Kind::LoginNeeded: return warning(without_full_stop(event.text) + "; logging in again.");
    case Kind::Stored: return success("Tokens stored: " + event.text);
    case Kind::Warning: return warning(event.text);
  }
}

void Terminal::show_wait(const oauth::Event& event, const Waiter& here) const {
  const bool is_first = event.kind == oauth::Event::Kind::Waiting;
  const auto line = waiting_line(*event.wait, is_first, here);
  progress(fancy_ && is_first ? '\n' + line + " \u23f3" : line);
  const auto hint = is_first ? std::string() : waiting_hint(*event.wait, here);
  if (!hint.empty()) progress(hint);
}

std::string printable(std::string text) {
  for (auto& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

std::string printable_lines(std::string text) {
  for (auto& c : text) {
    if ((c < ' ' && c != '\n') || c > '~') c = '?';
  }
  return text;
}

bool is_utf8_locale(const oauth::EnvironmentLookup& environment) {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name).value_or("");
    if (!value.empty()) return value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

bool stderr_is_fancy(const oauth::EnvironmentLookup& environment) {
  if (isatty(STDERR_FILENO) != 1) return false;
  if (!environment("NO_COLOR").value_or("").empty() || environment("TERM").value_or("dumb") == "dumb") return false;
  return is_utf8_locale(environment);
}

}  // namespace mimir::cli
