#pragma once

#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/issue.hpp"

namespace mockoauth::server {

/// By the knob `id_token.issue` and the rules: only an OpenID request gets one (OIDC Core §3.1.2.1).
[[nodiscard]] bool wants_id_token(const Profile& profile, const TokenAnswer& answer);

/// OIDC Core §2, §3.1.3.6, signed by the knob `id_token.alg`.
/// @param access_token and @param code that come along, for at_hash and c_hash; empty: none does.
[[nodiscard]] Checked<std::string> make_id_token(Call& call, const TokenAnswer& answer, const std::string& access_token,
                                                 const std::string& code = {});

/// The claims of an id_token_hint: one that this realm has signed, of whatever age (OIDC Core §3.1.2.1).
[[nodiscard]] Checked<mimir::codec::Json> read_id_token_hint(const Call& call, const std::string& hint);

/// Lays the expanded members of a template over the claims.
void add_claims(mimir::codec::Json& claims, const mimir::codec::Json& extra, const Placeholders& values);

}  // namespace mockoauth::server
