#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

#include "protocol/fault.hpp"
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {

/// The fault rules of one realm. Thread-safe: a rule that is to strike once strikes one request, however many race.
class FaultScript {
 public:
  struct Strike {
    const Fault* fault;
    mimir::codec::Json arguments;
  };

  /// Fails with `fault.unknown` or `fault.arguments`; then nothing changed.
  mimir::codec::Result<> add(FaultRule rule);
  [[nodiscard]] std::vector<FaultRuleState> states() const;
  void clear();
  [[nodiscard]] bool is_empty() const { return is_empty_; }  ///< Most realms have no rule at most times.

  /// Takes the next rule that fits this request at this phase and counts it. A fault strikes one request once: of two
  /// rules with the same fault the second is kept for a later request.
  /// @param fired names of the faults that have struck this request.
  std::optional<Strike> take(Phase phase, const RuleMatch& request, const std::vector<std::string>& fired);

 private:
  struct Entry {
    const Fault* fault;
    FaultRule rule;
    int fired = 0;
  };
  mutable std::mutex mutex_;
  std::vector<Entry> rules_;
  std::atomic<bool> is_empty_ = true;
};

}  // namespace mockoauth::server
