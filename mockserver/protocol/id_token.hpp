#pragma once

#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/issue.hpp"

namespace mockoauth::server {

/// By the knob `id_token.issue` and the rules: only an OpenID request gets one (OIDC Core §3.1.2.1).
[[nodiscard]] bool wants_id_token(const Profile& profile, const TokenAnswer& answer);

/// OIDC Core §2, §3.1.3.6, signed by the knob `id_token.alg`.
[[nodiscard]] Checked<std::string> make_id_token(Call& call, const TokenAnswer& answer,
                                                 const std::string& access_token);

/// Lays the expanded members of a template over the claims.
void add_claims(mimir::codec::Json& claims, const mimir::codec::Json& extra, const Placeholders& values);

}  // namespace mockoauth::server
