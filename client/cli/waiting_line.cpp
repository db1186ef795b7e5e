#include <waiting_line.hpp>

#include <array>
#include <sstream>

#include <mimir/codec/url.hpp>
#include <terminal.hpp>

namespace mimir::cli {
namespace {

std::string duration(std::chrono::seconds time) {
  const auto minutes = time.count() / 60;
  const auto seconds = time.count() % 60;
  const auto rest = std::to_string(seconds) + " s";
  if (minutes == 0) return rest;
  return std::to_string(minutes) + " min" + (seconds == 0 ? "" : ' ' + rest);
}

bool has_value(const Waiter& here, std::string_view name) { return !here.environment(name).value_or("").empty(); }

bool consists_of(const std::string& text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string::npos;
}

/// `ada@198.51.100.7`, and the port if it is another than 22, by what sshd says. Only what can do nothing but be an
/// address in a shell.
std::string ssh_destination(const Waiter& here) {
  constexpr std::string_view kNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
  std::string client;
  std::string client_port;
  std::string server;
  std::string port;
  std::istringstream(here.environment("SSH_CONNECTION").value_or("")) >> client >> client_port >> server >> port;
  if (!consists_of(server, "0123456789abcdefABCDEF.:")) return "THIS-MACHINE";
  const auto user = here.environment("USER").value_or("");
  return (consists_of(port, "0123456789") && port != "22" ? "-p " + port + ' ' : "") +
         (consists_of(user, kNames) ? user + '@' : "") + server;
}

struct Cause {
  bool (*applies)(const oauth::Wait& wait, const Waiter& here);
  std::string (*hint)(const oauth::Wait& wait, const Waiter& here);
};

std::string or_paste(const Waiter& here) {
  return here.takes_pastes ? " Or paste here the address at which the browser ended." : "";
}

/// The first that applies; what was seen comes before what can only be guessed.
constexpr std::array kCauses = {
    Cause{[](const oauth::Wait& wait, const Waiter&) { return wait.progress.saw_tls; },
          [](const oauth::Wait&, const Waiter& here) {
            return "The browser asks for https on this machine, where there is none: make an exception from its HTTPS-only "
                   "mode for 127.0.0.1, and load its last address again with http://." + or_paste(here);
          }},
    Cause{[](const oauth::Wait&, const Waiter& here) {
            return has_value(here, "SSH_CONNECTION") || has_value(here, "SSH_TTY") || has_value(here, "SSH_CLIENT");
          },
          [](const oauth::Wait& wait, const Waiter& here) {
            const auto uri = codec::Url::parse(wait.redirect_uri);
            const auto port = uri ? std::to_string(uri->port()) : "PORT";
            const auto host = uri && uri->host().starts_with('[') ? uri->host() : "127.0.0.1";
            return "If the browser runs on the machine that you came from by SSH, run there\n\n    ssh -N -L " + port + ':' +
                   host + ':' + port + ' ' + ssh_destination(here) + "\n\nand load the browser's last address again." +
                   or_paste(here);
          }},
    Cause{[](const oauth::Wait&, const Waiter& here) {
            return has_value(here, "WSL_DISTRO_NAME") || has_value(here, "WSL_INTEROP");
          },
          [](const oauth::Wait&, const Waiter& here) {
            return "A browser of Windows reaches this login only if WSL forwards localhost: see localhostForwarding and "
                   "networkingMode in .wslconfig." + or_paste(here);
          }},
    Cause{[](const oauth::Wait& wait, const Waiter&) { return wait.progress.refused_requests > 0; },
          [](const oauth::Wait& wait, const Waiter&) {
            return std::to_string(wait.progress.refused_requests) +
                   " answers came that belong to another login. Go on in the newest tab, or open the address above again.";
          }},
    Cause{[](const oauth::Wait&, const Waiter&) { return true; },
          [](const oauth::Wait&, const Waiter& here) {
            return "No answer has come from a browser. If no page is open, open the address above again, on this machine." +
                   or_paste(here);
          }},
};

}  // namespace

std::string waiting_line(const oauth::Wait& wait, bool is_first, const Waiter& here) {
  const auto where = wait.host.empty() ? std::string() : " at " + printable(wait.host);
  if (!is_first) return "Still waiting for authentication" + where + ", " + duration(wait.left) + " left.";
  return "Waiting for authentication" + where + ", for " + duration(wait.left) + ". Ctrl-C ends it" +
         (here.takes_pastes && !wait.redirect_uri.empty() ? "; Enter after a pasted address takes that." : ".");
}

std::string waiting_hint(const oauth::Wait& wait, const Waiter& here) {
  if (wait.redirect_uri.empty()) return "";
  for (const auto& cause : kCauses) {
    if (cause.applies(wait, here)) return cause.hint(wait, here);
  }
  return "";
}

}  // namespace mimir::cli
