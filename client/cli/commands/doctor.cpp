// mimir doctor: what could keep a login from working on this computer, with one piece of advice each. Works offline unless a
// provider is to be tried, and its report may be shown to anybody: no tokens, no names of people, the home folder as ~.
#include <filesystem>
#include <functional>
#include <sstream>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <commands/commands.hpp>
#include <core_dumps.hpp>
#include <exit_status.hpp>
#include <leaking_variables.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/oauth/accounts.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

struct Finding {
  std::string check;
  enum class State { Ok, Warning, Problem } state = State::Ok;
  std::string detail;
  std::string advice = {};
};
using State = Finding::State;

const char* word_for(State state) {
  return state == State::Ok ? "ok" : state == State::Warning ? "warning" : "problem";
}

Finding of_error(std::string check, const oauth::Error& error) {
  return {std::move(check), State::Problem, error.message + " [" + error.code + "]", error.hint};
}

Finding check_configuration(Session& session) {
  const auto configuration = load_configuration({}, session.environment());
  if (!configuration) return of_error("configuration", configuration.error());
  std::string files;
  for (const auto& file : configuration->files()) files += (files.empty() ? "" : ", ") + file.string();
  if (files.empty()) return {"configuration", State::Ok, "There is no configuration file."};
  return {"configuration", State::Ok, std::to_string(configuration->providers().size()) + " providers in " + files + "."};
}

Finding check_folder(Session& session) {
  const auto& folder = session.storage_options().folder;
  for (auto at = folder; at.has_relative_path(); at = at.parent_path()) {
    std::error_code ignored;
    if (std::filesystem::exists(at / ".git", ignored)) {
      return {"folder", State::Warning, folder.string() + " lies in a git work tree.",
              "Set MIMIR_HOME to a folder that is not committed anywhere."};
    }
    struct stat status {};
    const bool is_shared = ::stat(at.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0;
    if (at != folder && is_shared) {
      return {"folder", State::Warning, at.string() + ", above the folder of the logins, can be changed by everybody.",
              "Set MIMIR_HOME to a folder below your own home."};
    }
  }
  return {"folder", State::Ok, folder.string()};
}

Finding check_storage(Session& session) {
  if (const auto usable = session.storage().probe(); !usable) return of_error("storage", usable.error());
  return {"storage", State::Ok, "A login can be kept: " + session.storage().description() + "."};
}

Finding check_lock(Session& session) {
  const auto lock = session.storage().lock("doctor", std::chrono::seconds(2), {});
  if (!lock) return of_error("lock", lock.error());
  // On some network file systems locks are given to everybody.
  const auto second = session.storage().lock("doctor", std::chrono::milliseconds(0), {});
  if (second && session.storage_options().backend != "environment") {
    return {"lock", State::Problem, "The file system gives the same lock twice.",
            "Set MIMIR_HOME to a folder on a local disk; two programs could renew one login at once here."};
  }
  return {"lock", State::Ok, "Programs can keep out of each other's way."};
}

Finding check_logins(Session& session) {
  const auto accounts = oauth::list_accounts(session.storage());
  if (!accounts) return of_error("logins", accounts.error());
  for (const auto& account : *accounts) {
    if (account.trouble) return of_error("logins", *account.trouble);
  }
  return {"logins", State::Ok, std::to_string(accounts->size()) + " can be read."};
}

Finding check_listener(Session& session) {
  for (const auto* uri : {"http://127.0.0.1/callback", "http://[::1]/callback"}) {
    const auto receiver = session.callbacks().create();
    const auto listening = receiver->listen({.redirect_uri = uri, .state = oauth::Secret("doctor")});
    if (listening) continue;
    auto finding = of_error("listener", listening.error());
    if (std::string_view(uri).find("[::1]") != std::string_view::npos) {
      finding.state = State::Warning;
      finding.advice = "Only logins over IPv6 (a redirect to localhost or [::1]) are affected.";
    }
    return finding;
  }
  return {"listener", State::Ok, "The answer of a browser can be received on 127.0.0.1 and [::1]."};
}

Finding check_browser(Session& session) {
  const auto wish = browser_wish({}, session.configuration());
  const auto decision = oauth::decide_on_browser(session.surroundings(), wish);
  if (!decision.opens) return {"browser", State::Ok, "None is opened for a login, its URL is only shown: " + decision.reason + "."};
  const auto variable = session.environment()("BROWSER").value_or("");
  if (!variable.empty()) return {"browser", State::Ok, "$BROWSER is set."};
  std::istringstream path(session.environment()("PATH").value_or(""));
  for (std::string folder; std::getline(path, folder, ':');) {
    for (const auto* opener : {"xdg-open", "wslview", "open", "x-www-browser"}) {
      if (::access((std::filesystem::path(folder) / opener).c_str(), X_OK) == 0) {
        return {"browser", State::Ok, std::string(opener) + " opens it."};
      }
    }
  }
  return {"browser", State::Warning, "No program that opens a browser was found.",
          "Use --no-browser and open the URL yourself, or set BROWSER."};
}

Finding check_network_settings(Session& session) {
  const auto& environment = session.environment();
  if (const auto file = environment("SSL_CERT_FILE").value_or(""); !file.empty() && ::access(file.c_str(), R_OK) != 0) {
    return {"network", State::Problem, "SSL_CERT_FILE names a file that cannot be read: " + file + ".",
            "Correct or unset SSL_CERT_FILE; otherwise no provider can be trusted."};
  }
  for (const auto* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    // Its value may hold a password.
    if (!environment(name).value_or("").empty()) {
      return {"network", State::Ok, std::string("Providers are reached through the proxy of ") + name + "."};
    }
  }
  return {"network", State::Ok, "Providers are reached without a proxy."};
}

Finding check_leaking_variables(Session&) {
  std::string names;
  for (const auto& name : removed_variables()) names += (names.empty() ? "" : ", ") + name;
  if (names.empty()) return {"variables", State::Ok, "No variable makes libraries write secrets down."};
  return {"variables", State::Warning, names + " makes programs write down what is secret. mimir does not obey it.",
          "Unset it: others do."};
}

Finding check_core_dumps(Session&) {
  if (core_dumps_are_forbidden()) return {"cores", State::Ok, "A crash leaves no copy of the memory behind."};
  return {"cores", State::Warning, "A crash leaves a copy of the memory behind, with tokens in it.",
          "Unset MIMIR_CORE_DUMPS when you need it no more."};
}

Finding check_clock(Session& session) {
  const auto now = session.clock().now();
  if (now < oauth::TimePoint(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1))) {
    return {"clock", State::Problem, "It is " + codec::format_iso8601(now) + " here, which cannot be.",
            "Set the clock; certificates and tokens look invalid otherwise."};
  }
  return {"clock", State::Ok, codec::format_iso8601(now)};
}

/// What no login that works can show (CH-AZ-04).
Finding check_pkce(Session& session, const std::string& provider) {
  if (const auto known = session.configure(provider); !known) return of_error("pkce", known.error());
  if (const auto unattended = session.unattended()) return of_error("pkce", *unattended);
  session.terminal().progress("Two logins at " + provider + " follow, which the provider should refuse in the end...");
  const auto proof = session.manager().prove_pkce(provider, session.call_options());
  if (!proof) return of_error("pkce", proof.error());
  if (proof->refuses_missing && proof->refuses_wrong) {
    return {"pkce", State::Ok, provider + " refuses a code without its verifier and one with a wrong verifier."};
  }
  const std::string taken = proof->refuses_missing ? "with a wrong verifier"
                            : proof->refuses_wrong ? "without its verifier"
                                                   : "without its verifier, and one with a wrong verifier";
  return {"pkce", State::Problem, provider + " takes a code " + taken + ": whoever sees a code can log in with it there.",
          "Report it to the provider; RFC 7636 §4.6 and RFC 9700 §2.1.1 require the check."};
}

/// Fit for others (CH-LG-09) and for a terminal.
std::string fit_for_all(std::string text, const oauth::EnvironmentLookup& environment) {
  return printable(oauth::for_others(std::move(text), environment("HOME").value_or("")));
}

}  // namespace

int run_command(const DoctorArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage, .trace = arguments.trace});
  // A configuration that cannot be used is a finding; the others are made without it.
  if (!session && session.error().code.starts_with("configuration.")) {
    session = Session::open({.storage = arguments.storage, .ignores_files = true, .trace = arguments.trace});
  }
  if (!session) return report_unopened(session.error());
  std::string text;
  codec::Json::Array findings;
  bool has_problem = false;
  std::vector<std::function<Finding(Session&)>> checks{
      check_configuration, check_folder,           check_storage,           check_lock,       check_logins, check_listener,
      check_browser,       check_network_settings, check_leaking_variables, check_core_dumps, check_clock};
  if (const auto& name = arguments.pkce_of; !name.empty()) {
    checks.emplace_back([&name](Session& opened) { return check_pkce(opened, name); });
  }
  for (const auto& check : checks) {
    auto finding = check(**session);
    has_problem = has_problem || finding.state == State::Problem;
    finding.detail = fit_for_all(std::move(finding.detail), (*session)->environment());
    finding.advice = fit_for_all(std::move(finding.advice), (*session)->environment());
    auto json = codec::Json::object({{"check", finding.check}, {"state", word_for(finding.state)}, {"detail", finding.detail}});
    if (!finding.advice.empty()) json.set("advice", finding.advice);
    findings.push_back(std::move(json));
    text += finding.check + ": " + word_for(finding.state) + ": " + finding.detail + '\n';
    if (!finding.advice.empty()) text += "  " + finding.advice + '\n';
  }
  if (arguments.json) text = codec::Json::object({{"version", 1}, {"findings", std::move(findings)}}).dump_pretty() + '\n';
  if (!(*session)->terminal().result(text)) return kLocal;
  (*session)->terminal().progress("This report has no tokens and no passwords in it, and may be shown to others.");
  return has_problem ? kLocal : kDone;
}

}  // namespace mimir::cli
