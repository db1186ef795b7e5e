#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Whom a subject_token or an actor_token speaks of (RFC 8693 §2.1).
struct ExchangeParty {
  User user = {};
  std::string client_id = {};            ///< Of the token; empty: it does not say.
  bool has_user = true;
  std::vector<std::string> scopes = {};  ///< The most that may come out of it.
  bool limits_scopes = false;            ///< Whether `scopes` is known.
  mimir::codec::Json act = {};           ///< Who acts for the user already (§4.1).
  mimir::codec::Json may_act = {};       ///< Who may become the actor (§4.4); null: not restricted.
  TimePoint auth_time = {};
  std::vector<std::string> resources = {};
};

/// @param parameter `subject_token` or `actor_token`; its type stands in `{parameter}_type`. Access and refresh tokens
/// of this realm, and JWTs of this realm or of a trusted issuer.
[[nodiscard]] Checked<ExchangeParty> read_party(Call& call, const std::string& parameter);

}  // namespace mockoauth::server
