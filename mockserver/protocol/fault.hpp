#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/server/script.hpp>
#include <mockoauth/server/welcome.hpp>

namespace mockoauth::server {

struct Call;

/// Where in the life of a connection or of a request a fault strikes. Realm::welcome runs those of connections,
/// protocol/pipeline.cpp those of requests.
enum class Phase {
  Accept,            ///< A connection has come, nothing was read.
  Handshake,         ///< TLS: the ClientHello was read, nothing was answered.
  BeforeValidation,  ///< Request read, nothing judged yet. A fault that sets Call::answer replaces the endpoint.
  AfterCommit,       ///< What was issued or consumed is stored; the answer is made but not sent.
  BeforeSend,        ///< Last look at the answer, errors and 404s included.
};
inline constexpr Phase kPhases[] = {Phase::Accept, Phase::Handshake, Phase::BeforeValidation, Phase::AfterCommit,
                                    Phase::BeforeSend};
/// Nothing of a request is known yet.
[[nodiscard]] constexpr bool is_of_connection(Phase phase) { return phase == Phase::Accept || phase == Phase::Handshake; }
[[nodiscard]] std::string_view to_string(Phase phase);
[[nodiscard]] std::optional<Phase> parse_phase(std::string_view name);

enum class ArgumentKind {
  Text,
  Field,    ///< A text that can stand in a header: no line breaks.
  Fields,   ///< An object of such texts.
  Number,   ///< A whole one.
  Flag,
  List,
  Object,
  Any,
};

/// What a rule may or must tell a fault. Judged before check_arguments sees it.
struct FaultArgument {
  std::string name;
  ArgumentKind kind = ArgumentKind::Text;
  std::string meaning;
  bool required = false;
  std::int64_t least = 0;  ///< Of a number.
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::string> choices = {};  ///< Of a text; empty: any.
};

/// One thing that goes wrong, as its file in faults/ registers it.
struct Fault {
  std::string name;   ///< `pkce.lose_challenge`
  std::string title;  ///< What it does, for a person.
  Phase phase = Phase::BeforeValidation;
  /// What it can strike at all; a rule narrows this. Requests outside do not use up its `times`.
  RuleMatch reach = {};
  std::vector<Phase> other_phases = {};      ///< Where a rule may let it strike beside `phase`.
  std::vector<std::string> other_names = {};  ///< WireMock's or Toxiproxy's name.
  std::vector<FaultArgument> arguments = {};
  /// Judges what `arguments` cannot say; null: there is nothing.
  mimir::codec::Result<> (*check_arguments)(const mimir::codec::Json&) = nullptr;
  void (*apply)(Call&, const mimir::codec::Json& arguments) = nullptr;  ///< Phases of requests.
  void (*welcome)(Welcome&, const mimir::codec::Json& arguments) = nullptr;  ///< Phases of connections.
  bool blocks = false;  ///< The thread that answers may have to wait in it.

  [[nodiscard]] bool can_strike_at(Phase at) const;
};

/// The faults of the program. Filled once, then read from any thread.
class Faults {
 public:
  void add(Fault fault) { all_.push_back(std::move(fault)); }
  /// By its name, or by another one.
  [[nodiscard]] const Fault* find(std::string_view name) const;
  [[nodiscard]] const std::deque<Fault>& all() const { return all_; }

 private:
  std::deque<Fault> all_;
};

}  // namespace mockoauth::server
