#pragma once

#include <span>

#include "protocol/client_auth.hpp"

namespace mockoauth::server {

/// What private_key_jwt and client_secret_jwt have in common (RFC 7523 §2.2, §3; OIDC Core §9): a JWT in the parameter
/// client_assertion by which the client says who it is.
[[nodiscard]] bool has_client_assertion(const Call& call);
/// Whether the assertion is signed with a shared secret (HS algorithms).
[[nodiscard]] bool has_symmetric_assertion(const Call& call);
/// @returns the client as the assertion's `sub` names it.
[[nodiscard]] Checked<Presented> read_client_assertion(const Call& call);
/// Signature by one of the keys, `iss` and `sub`, audience, times, and that its `jti` comes for the first time.
[[nodiscard]] Checked<void> check_client_assertion(Call& call, const ClientRegistration& client,
                                                   const mimir::codec::KeySet& keys,
                                                   std::span<const mimir::codec::JwsAlgorithm> allowed);

}  // namespace mockoauth::server
