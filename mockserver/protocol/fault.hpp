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
  WhileDown,         ///< The provider is down (Life): unless a fault changes that, the connection is about to be reset.
  BeforeValidation,  ///< Request read, nothing judged yet. A fault that sets Call::answer replaces the endpoint.
  BeforeSigning,     ///< A JWT is about to be signed: Call::signing. Once for each JWT of the answer.
  BeforeRedirect,    ///< The parameters that go back to the client are decided, not yet delivered: Call::going_back.
  AfterCommit,       ///< What was issued or consumed is stored; the answer is made but not sent.
  BeforeSend,        ///< Last look at the answer, errors and 404s included.
};
inline constexpr Phase kPhases[] = {Phase::Accept,        Phase::Handshake,      Phase::WhileDown,   Phase::BeforeValidation,
                                    Phase::BeforeSigning, Phase::BeforeRedirect, Phase::AfterCommit, Phase::BeforeSend};
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
  Texts,    ///< A list of texts, not empty.
  Patch,    ///< A JSON Patch (RFC 6902).
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

/// How a fault is provoked: what documents show, and what a test does with and without it.
struct FaultExample {
  /// The rule as JSON without its `fault`: `{"arguments": {"status": 503}}`; empty: nothing more is needed.
  std::string rule = {};
  /// What is asked for meanwhile: `token` (a code is redeemed), `refresh`, `authorize`, `metadata`, `userinfo`, `resource`,
  /// `jwks`, `used code`, `used refresh token`, `wrong verifier`, `wrong code`, `down` (`jwks` of a
  /// provider that is down).
  std::string asks = "token";
  bool shows = true;  ///< In the answer.
};

/// One thing that goes wrong, as its file in faults/ registers it.
struct Fault {
  std::string name;   ///< `pkce.lose_challenge`
  std::string title;  ///< What it does, for a person.
  std::string layer;  ///< `protocol`, `http`, `wire`, `tls`, `time`, `life`, `script`.
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
  /// Why this call has nothing that the fault could change; empty: it has. Such a call does not use up the rule. Null: every
  /// call has. Must not strike anything itself; RealmState::store may be opened.
  std::string (*misfit)(const Call&, const mimir::codec::Json& arguments) = nullptr;
  FaultExample example = {};
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
