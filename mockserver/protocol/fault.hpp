#pragma once

#include <deque>
#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {

struct Call;

/// Where in the life of a request a fault strikes. protocol/pipeline.cpp is the one place that runs them.
enum class Phase {
  BeforeValidation,  ///< Request read, nothing judged yet. A fault that sets Call::answer replaces the endpoint.
  AfterCommit,       ///< What was issued or consumed is stored; the answer is made but not sent.
  BeforeSend,        ///< Last look at the answer, errors and 404s included.
};
[[nodiscard]] std::string_view to_string(Phase phase);

/// One thing that goes wrong, as its file in faults/ registers it.
struct Fault {
  std::string name;   ///< `pkce.lose_challenge`
  std::string title;  ///< What it does, for a person.
  Phase phase = Phase::BeforeValidation;
  /// What it can strike at all; a rule narrows this. Requests outside do not use up its `times`.
  RuleMatch reach = {};
  /// Judges the arguments of a rule; null: it takes none.
  mimir::codec::Result<> (*check_arguments)(const mimir::codec::Json&) = nullptr;
  void (*apply)(Call&, const mimir::codec::Json& arguments) = nullptr;
};

/// The faults of the program. Filled once, then read from any thread.
class Faults {
 public:
  void add(Fault fault) { all_.push_back(std::move(fault)); }
  [[nodiscard]] const Fault* find(std::string_view name) const;
  [[nodiscard]] const std::deque<Fault>& all() const { return all_; }

 private:
  std::deque<Fault> all_;
};

}  // namespace mockoauth::server
