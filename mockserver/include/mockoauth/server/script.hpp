#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// Which requests a rule is meant for. Empty members match anything.
struct RuleMatch {
  std::string endpoint = {};
  std::string grant_type = {};
  std::string client_id = {};
};

/// A fault and when it strikes. Rules belong to one realm and never touch another.
struct FaultRule {
  std::string fault;               ///< Name, for example `pkce.lose_challenge`.
  RuleMatch when = {};
  mimir::codec::Json arguments = {};
  int times = 1;                   ///< How often it strikes; 0 means always. Counted atomically.
};

struct FaultRuleState {
  FaultRule rule;
  int fired = 0;
};

/// Name and purpose of a known fault, for lists and nearest-name hints.
struct FaultDescription {
  std::string name;
  std::string title;
  std::string phase;
};
[[nodiscard]] std::vector<FaultDescription> known_faults();

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
