#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

#include "protocol/fault.hpp"
#include "protocol/rule_match.hpp"
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {

/// What rules have done to one request so far.
struct RuleTrace {
  /// Rules that this request fits, and the how-manieth it is for each.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counted = {};
  std::vector<std::uint64_t> done = {};  ///< Rules that have struck it or let it pass.
  struct Struck {
    const Fault* fault;
    Phase phase;
    std::size_t occasion;
    friend bool operator==(const Struck&, const Struck&) = default;
  };
  std::vector<Struck> struck = {};
  std::size_t occasion = 0;  ///< Counts how often a phase that may come several times has come.
};

/// The fault rules of one realm. Thread-safe: a rule that is to strike once strikes one request, however many race.
///
/// A rule lies in a drawer by phase, endpoint and one thing that it wants (a client, a login, the value of a parameter or of a
/// header field), so that a request meets the rules that may be meant for it, however many others there are.
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
  [[nodiscard]] bool has_rules_at(Phase phase) const { return filed_at_[static_cast<std::size_t>(phase)] > 0; }
  [[nodiscard]] bool looks_at_logins() const { return looks_at_logins_; }
  /// Whether a rule that is not over may make the answering thread wait.
  [[nodiscard]] bool may_block() const { return blocking_ > 0; }

  /// Takes the next rule that fits this request at this phase and counts it. A rule strikes one request once, and so does
  /// a fault at one phase (of one JWT): of two rules with the same fault the second is kept for a later request.
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
    std::uint64_t drawer = 0;  ///< Without the phase.
    std::size_t action = 0;  ///< The next one.
    int action_fired = 0;
    int rounds = 0;
    int fired = 0;
    std::uint64_t matched = 0;
    std::uint64_t unexpected = 0;
    std::uint64_t draws = 0;
    bool is_over = false;
    bool blocks = false;
    std::string missed = {};
  };
  using Drawer = std::vector<Entry*>;

  static FaultRuleState state_of(const Entry& entry);
  [[nodiscard]] std::uint64_t choose_drawer(const Entry& entry);
  void file(Entry& entry);
  void unfile(const Entry& entry);
  [[nodiscard]] std::vector<Entry*> candidates(Phase phase, const RequestFacts& request) const;
  [[nodiscard]] bool is_drawn(Entry& entry) const;
  void advance(Entry& entry);
  [[nodiscard]] static bool fits_now(Entry& entry, Phase phase, const RequestFacts& request);

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::vector<std::unique_ptr<Entry>> entries_;  ///< By id.
  std::unordered_map<std::uint64_t, Drawer> drawers_;
  WantedNames names_;
  std::array<std::atomic<int>, std::size(kPhases)> filed_at_{};  ///< By phase.
  std::atomic<bool> is_empty_ = true;
  std::atomic<bool> looks_at_logins_ = false;
  std::atomic<int> blocking_ = 0;
};

}  // namespace mockoauth::server
