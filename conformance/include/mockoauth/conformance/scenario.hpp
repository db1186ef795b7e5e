#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>
#include <mockoauth/server/profile.hpp>
#include <mockoauth/server/script.hpp>

namespace mockoauth::conformance {

using mimir::codec::Json;
using document::DataFileError;
template <class T>
using FileResult = mimir::codec::Expected<T, DataFileError>;

/// How a client's step ended.
enum class Outcome { Done, Reauthenticated, Refused, Declined, Failed, Crashed, TimedOut };
[[nodiscard]] std::string_view to_string(Outcome outcome);

/// What is expected of the requests at one endpoint.
struct RequestExpectation {
  std::string endpoint;
  std::string grant_type = {};
  std::string answered = {};                    ///< OAuth error code, HTTP status, `ok`, or empty for any.
  std::map<std::string, std::string> params = {};  ///< Value, `*present` or `*absent`.
  std::string presents = {};                    ///< `latest`, `stale` or empty.
  std::optional<int> times = {};                ///< Exactly; at least once when empty.
};

struct OutputExpectation {
  std::string matches = {};
  std::vector<std::string> never = {"access_token", "refresh_token", "id_token", "code", "code_verifier"};
};

struct Expectation {
  std::vector<RequestExpectation> requests = {};
  OutputExpectation output = {};
  std::string stored_refresh_token = {};  ///< `replaced`, `kept`, `none` or empty.
};

struct ClientStep {
  std::string action;  ///< login, call, refresh, logout
  std::vector<Outcome> outcome = {};
  std::optional<bool> asked_user = {};
  std::vector<RequestExpectation> requests = {};
  std::string output_matches = {};
};
struct BrowserStep {
  bool deny = false;
  std::map<std::string, std::string> tamper = {};
};
struct FaultStep {
  server::FaultRule rule;
};
struct RevokeStep {};
struct ExpireStep {};
struct AccountStep {
  server::AccountEvent event;
};
struct ClearFaultsStep {};
struct ClockStep {
  std::chrono::milliseconds advance{0};
  std::string written;  ///< `200d`
};
struct PortStep {
  int port = 1;  ///< From 1.
  bool occupy = true;
};

struct Step {
  std::string actor;  ///< client, browser, server, clock, port
  std::variant<ClientStep, BrowserStep, FaultStep, RevokeStep, ExpireStep, AccountStep, ClearFaultsStep, ClockStep,
               PortStep> what;
};

struct Twin {
  std::set<std::string> without;
  Expectation expect;
};

struct Scenario {
  std::string id;
  std::string title;
  std::string story;
  std::vector<std::string> requirement;
  std::string provider = "any";
  std::map<std::string, std::vector<Json>> fits = {};  ///< Knob to accepted values.
  std::string user = "ada";
  bool signed_in = false;
  int ports = 0;  ///< Fixed callback ports; 0: any free port.
  bool tls = false;  ///< The provider speaks https only.
  std::vector<Step> steps;
  Expectation expect;
  std::optional<Twin> twin;
  std::string file;

  /// Whether the scenario makes sense with this profile.
  [[nodiscard]] bool fits_profile(const server::Profile& profile) const;
};

/// Reads one scenario from YAML; errors carry file, line and column.
FileResult<Scenario> parse_scenario(std::string_view text, const std::string& file);

/// The built-in scenarios, sorted by id.
FileResult<std::vector<Scenario>> built_in_scenarios();

/// Scenarios by a list of ids, globs (`*`), `all` or paths of .yaml files, separated by commas. An unknown name gives
/// an error that names the nearest ones.
FileResult<std::vector<Scenario>> select_scenarios(const std::string& selection);

/// `*` and `?` as in a shell.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace mockoauth::conformance
