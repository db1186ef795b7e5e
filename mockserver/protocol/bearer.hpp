#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// Who a protected resource is used by.
struct BearerAccess {
  AccessToken token;
  Login login;
  bool by_key = false;  ///< An API key, which never ends.
};

/// What an access token has to have to be let in.
struct AccessPolicy {
  std::vector<std::string> scopes = {};      ///< All of them.
  std::string audience = {};                 ///< Resource identifier; empty: the realm's own.
  std::vector<std::string> acr_values = {};  ///< One of them; empty: any.
  std::optional<std::chrono::seconds> max_age = {};
  /// Ways to present the credential, as the knob `api.auth` names them; empty: Bearer only. API keys are taken where
  /// there are ways.
  std::vector<std::string> ways = {};
  std::string_view key_prefix = {};  ///< Of API keys, where the profile has none (knob `api.credential_prefix`).
};

/// The access token of that text as it was issued, whatever became of it since: of the tables, or a JWT that is not in
/// them and of which all of RFC 9068 §4 holds. Else `token_invalid`.
[[nodiscard]] Checked<BearerAccess> find_access_token(Call& call, const std::string& text);

/// Whether it lives now: neither revoked nor expired.
[[nodiscard]] Checked<void> check_life(const Call& call, const AccessToken& token);

/// Judges the access token of a resource request (RFC 6750 §2.1, §3.1): in the Authorization header and nowhere else
/// (unless the policy has other ways), alive, for this resource (RFC 9700 §2.3), with the scopes (RFC 6750 §3.1) and the
/// sign-in (RFC 9470 §3) it needs. A JWT that is not in the realm's tables is taken when all of RFC 9068 §4 holds.
[[nodiscard]] Checked<BearerAccess> check_bearer(Call& call, const AccessPolicy& policy = {});

}  // namespace mockoauth::server
