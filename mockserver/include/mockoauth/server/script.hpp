#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// What one parameter or header field of a request must be.
struct TextMatch {
  enum class Kind { Equals, Matches, Present, Absent };
  Kind kind = Kind::Equals;
  std::string text = {};  ///< Of Matches: `*` stands for any text, `?` for any one byte.
};
using NamedMatch = std::pair<std::string, TextMatch>;

/// Which requests a rule is meant for. Empty members match anything.
struct RuleMatch {
  std::string endpoint = {};
  std::string grant_type = {};
  std::string client_id = {};
  std::string user = {};    ///< `sub` of whom the presented code or token is for, or of who sits at the login page.
  std::string flow = {};    ///< The login (`g1` in the journal) that the presented code or token came from.
  std::string method = {};  ///< `GET`, `POST`.
  std::vector<NamedMatch> parameters = {};  ///< Of query and body; the first of a name is looked at.
  std::vector<NamedMatch> headers = {};
  std::vector<std::uint64_t> nth = {};      ///< Only these of the requests that fit, counted from 1; empty: all.
};

/// One thing that goes wrong, within a rule.
struct FaultAction {
  std::string fault;                   ///< Name, for example `pkce.lose_challenge`.
  mimir::codec::Json arguments = {};
  std::string phase = {};              ///< Where it strikes; empty: where the fault usually does.
  int times = 1;                       ///< How many requests in a row get it.
};

/// What a rule does once its actions are used up.
enum class Afterwards {
  Behave,  ///< Nothing more: later requests are answered as ever.
  Repeat,  ///< It begins anew, for ever.
  Fail,    ///< A further request that fits counts as unexpected (FaultRuleState::unexpected).
};

/// A fault, or several one after another, and when they strike. Rules belong to one realm and never touch another.
struct FaultRule {
  std::string fault = {};          ///< The only action; empty: those of `then`.
  RuleMatch when = {};
  mimir::codec::Json arguments = {};
  int times = 1;                   ///< How often all actions are gone through; 0 means always. Counted atomically.
  std::string phase = {};          ///< Of `fault`, as FaultAction::phase.
  std::vector<FaultAction> then = {};  ///< One request each, in this order.
  Afterwards afterwards = Afterwards::Behave;
  std::uint64_t after = 0;         ///< So many requests that fit are let pass first.
  double probability = 1;          ///< Of each one after them, drawn under the realm's seed.
  std::string name = {};           ///< What reports call it.
};

/// Why a rule was refused, and where in it: an RFC 6901 pointer into its JSON form.
struct RuleProblem : mimir::codec::Error {
  std::string pointer = {};
};
template <class T>
using RuleResult = mimir::codec::Expected<T, RuleProblem>;

/// A rule, and what it has done so far.
struct FaultRuleState {
  FaultRule rule;
  int fired = 0;                 ///< Requests that were struck.
  std::uint64_t id = 0;          ///< Within the realm, from 1.
  std::uint64_t matched = 0;     ///< Requests that fitted, struck or not.
  std::uint64_t unexpected = 0;  ///< Requests that fitted after an Afterwards::Fail.
  bool is_over = false;          ///< It will not strike any more.
  std::string missed = {};       ///< Why the last request that it was meant for had nothing for it to change; empty: none had not.
};

/// Reads a rule: `{fault, arguments, phase, when, times, then, afterwards, after, probability, name}`,
/// members of FaultRule. Unknown members are refused, and so is a rule that could never strike (see check_fault_rule).
[[nodiscard]] RuleResult<FaultRule> parse_fault_rule(const mimir::codec::Json& rule);
/// Whether all that it names exists and its arguments mean something. Codes: `fault.unknown`, `fault.arguments`.
[[nodiscard]] RuleResult<void> check_fault_rule(const FaultRule& rule);
/// The form that parse_fault_rule reads.
[[nodiscard]] mimir::codec::Json fault_rule_to_json(const FaultRule& rule);
/// The rule with `id`, `fired`, `matched`, `unexpected`, `over` and, where there was one, `missed` beside it.
[[nodiscard]] mimir::codec::Json fault_state_to_json(const FaultRuleState& state);

/// One argument of a fault, for lists and documents.
struct FaultArgumentDescription {
  std::string name;
  std::string kind;  ///< `text`, `number, 200 to 599`, `object`.
  std::string meaning;
  bool required = false;
};

/// Name and purpose of a known fault, for lists and nearest-name hints.
struct FaultDescription {
  std::string name;
  std::string title;
  std::string layer;  ///< `protocol`, `http`, `wire`, `tls`, `time`, `life`, `script`.
  std::string phase;  ///< Where it strikes unless a rule says otherwise.
  std::vector<std::string> phases = {};      ///< Where it can strike.
  std::vector<std::string> other_names = {};  ///< What WireMock or Toxiproxy call it; a rule may, too.
  std::vector<FaultArgumentDescription> arguments = {};
  std::string endpoint = {};    ///< The only one that it can strike; empty: any.
  std::string grant_type = {};  ///< The same.
  /// A rule that shows it, as JSON without `fault` (empty: none is needed), and what is asked for meanwhile.
  std::string example_rule = {};
  std::string example_asks = {};
  bool example_shows = true;  ///< Whether the answer is another one then.
};
[[nodiscard]] std::vector<FaultDescription> known_faults();  ///< By name.
/// All of it, for programs: `{name, layer, title, phase, phases, other_names, arguments, endpoint, grant_type, example}`.
[[nodiscard]] mimir::codec::Json fault_description_to_json(const FaultDescription& fault);

/// What happens to an account without the client's doing, as the knob `refresh.dies_on` spells it.
enum class AccountEvent {
  PasswordChange,
  UserDisconnect,
  AdminPolicy,
  SessionEnd,
  TestingMode,
  ReauthPolicy,
  Inactivity
};

[[nodiscard]] std::string_view to_string(AccountEvent event);  ///< `password_change`
[[nodiscard]] std::optional<AccountEvent> parse_account_event(std::string_view name);

}  // namespace mockoauth::server
