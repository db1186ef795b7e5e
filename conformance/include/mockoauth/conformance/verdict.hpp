#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <mockoauth/conformance/scenario.hpp>
#include <mockoauth/server/journal.hpp>

namespace mockoauth::conformance {

/// `Inconclusive`: the client never got that far, so nothing was shown; never counted as a pass. `Error`: the bench
/// itself could not do its work.
enum class Verdict { Pass, Fail, Warn, NotApplicable, Inconclusive, Error };
[[nodiscard]] std::string_view to_string(Verdict verdict);
/// The one that decides when several are put together: Error, Fail, Inconclusive, Warn, Pass, NotApplicable.
[[nodiscard]] Verdict worse(Verdict a, Verdict b);

/// One thing that had to hold.
struct Check {
  Verdict verdict = Verdict::Pass;
  std::string expected;  ///< As a statement: `token request (refresh_token) answered invalid_grant, once`.
  std::string seen;      ///< What was there instead; empty when it held.
};

/// One step as it was played.
struct PlayedStep {
  std::string actor;
  std::string title;                          ///< `the clock advances 200 days`
  std::vector<server::Exchange> exchanges;    ///< What the server saw during it.
  std::vector<std::string> said;              ///< Lines the client wrote.
  std::vector<std::string> browser;           ///< What the browser did.
  std::vector<Check> checks;
};

struct Play {
  std::vector<PlayedStep> given;
  std::vector<PlayedStep> steps;
  std::vector<Check> checks;  ///< Of the whole run.
  [[nodiscard]] Verdict verdict() const;
  /// The first check that did not hold, or nullptr.
  [[nodiscard]] const Check* first_problem() const;
};

/// One scenario against one client with one provider.
struct RunResult {
  Scenario scenario;
  std::string provider;
  std::string client;
  std::string driver;
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::Error;
  std::string reason;  ///< One sentence when the verdict is not a pass.
  Play main;
  std::optional<Play> twin;
  std::chrono::microseconds duration{0};
};

}  // namespace mockoauth::conformance
