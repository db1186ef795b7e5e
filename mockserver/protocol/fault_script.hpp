#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

#include "protocol/fault.hpp"
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {

/// What a rule can look at. Refers to the call.
struct RequestFacts {
  const std::string& endpoint;
  const std::string& grant_type;
  const std::string& client_id;
  const mimir::codec::Parameters& parameters;
  const HttpRequest& request;
  std::string user = {};  ///< Only where FaultScript::looks_at_logins().
  std::string flow = {};  ///< The same.
};

[[nodiscard]] bool fits(const TextMatch& wanted, const std::optional<std::string>& seen);

/// What rules have done to one request so far.
struct RuleTrace {
  /// Rules that this request fits, and the how-manieth it is for each.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counted = {};
  std::vector<std::uint64_t> done = {};  ///< Rules that have struck it or let it pass.
  std::vector<std::pair<const Fault*, Phase>> struck = {};
};

/// The fault rules of one realm. Thread-safe: a rule that is to strike once strikes one request, however many race.
///
/// A rule lies in a drawer by phase, endpoint and the one thing that it wants exactly (a client, a login, a parameter's
/// value), so that a request meets the rules that may be meant for it, however many others there are.
class FaultScript {
 public:
  struct Strike {
    const Fault* fault;
    mimir::codec::Json arguments;
  };

  /// @param seed decides where rules have a probability; 0: nobody knows.
  explicit FaultScript(std::uint64_t seed = 0);

  /// Fails with `fault.unknown` or `fault.arguments`; then nothing changed. @returns the rule's id.
  RuleResult<std::uint64_t> add(FaultRule rule);
  /// @returns what it was like; nothing: there is no such rule.
  std::optional<FaultRuleState> remove(std::uint64_t id);
  [[nodiscard]] std::vector<FaultRuleState> states() const;
  void clear();
  [[nodiscard]] bool is_empty() const { return is_empty_; }  ///< Most realms have no rule at most times.
  [[nodiscard]] bool looks_at_logins() const { return looks_at_logins_; }
  /// Whether a rule that is not over may make the answering thread wait.
  [[nodiscard]] bool may_block() const { return blocking_ > 0; }

  /// Takes the next rule that fits this request at this phase and counts it. A rule strikes one request once, and so does
  /// a fault at one phase: of two rules with the same fault the second is kept for a later request.
  std::optional<Strike> take(Phase phase, const RequestFacts& request, RuleTrace& trace);

 private:
  struct Action {
    const Fault* fault;
    Phase phase;
    mimir::codec::Json arguments;
    int times;
  };
  struct Entry {
    std::uint64_t id;
    FaultRule rule;
    std::vector<Action> actions;
    std::string drawer;      ///< Without the phase.
    std::size_t action = 0;  ///< The next one.
    int action_fired = 0;
    int rounds = 0;
    int fired = 0;
    std::uint64_t matched = 0;
    std::uint64_t unexpected = 0;
    std::uint64_t draws = 0;
    bool is_over = false;
    bool blocks = false;
  };
  using Drawer = std::vector<Entry*>;

  static FaultRuleState state_of(const Entry& entry);
  [[nodiscard]] std::string choose_drawer(const Entry& entry) const;
  void file(Entry& entry);
  void unfile(const Entry& entry);
  [[nodiscard]] std::vector<Entry*> candidates(Phase phase, const RequestFacts& request) const;
  [[nodiscard]] bool is_drawn(Entry& entry) const;
  void advance(Entry& entry);
  [[nodiscard]] static bool fits_now(const Entry& entry, Phase phase, const RequestFacts& request);

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::vector<std::unique_ptr<Entry>> entries_;  ///< By id.
  std::unordered_map<std::string, Drawer> drawers_;
  std::set<std::string> parameter_names_;        ///< That drawers are named after.
  std::atomic<bool> is_empty_ = true;
  std::atomic<bool> looks_at_logins_ = false;
  std::atomic<int> blocking_ = 0;
};

}  // namespace mockoauth::server
