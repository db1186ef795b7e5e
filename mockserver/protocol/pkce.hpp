#pragma once

#include <optional>
#include <string>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

struct Challenge {
  std::string text;  ///< Empty: the request had none.
  std::string method;
};

/// Judges code_challenge and code_challenge_method of an authorization request (RFC 7636 §4.3, §4.4.1) by the knobs
/// `pkce.mode` and `pkce.methods`. @param required by the client's type or by a rule.
[[nodiscard]] Checked<Challenge> read_challenge(const Profile& profile, const mimir::codec::Parameters& parameters,
                                                bool required);

/// Whether this client has to use PKCE, by the knob `pkce.mode` unless a rule says otherwise.
[[nodiscard]] bool requires_pkce(const Profile& profile, const ClientRegistration& client, const RuleEffects& effects);

/// Judges code_verifier against what was stored with the code (RFC 7636 §4.6, RFC 9700 §4.8.2).
[[nodiscard]] Checked<void> check_verifier(const Profile& profile, const Code& code,
                                           const std::optional<std::string>& verifier);

}  // namespace mockoauth::server
