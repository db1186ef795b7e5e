#pragma once

#include <memory>
#include <string>

#include <mimir/codec/form.hpp>

#include "protocol/realm_state.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// What the first of the realm's rules that these parameters fit says, its placeholders filled in. Null: none fits.
[[nodiscard]] std::shared_ptr<const TokenOverride> find_token_rule(const RealmState& realm,
                                                                   const mimir::codec::Parameters& parameters,
                                                                   const std::string& client_id);

/// The same with what the person at the login page said of themselves beneath it (RealmOptions::takes_any_user).
[[nodiscard]] std::shared_ptr<const TokenOverride> with_claims_of(const User& user, const TokenOverride& override);

/// Whom the login is for from now on: `sub` and what else the override says of the user.
void apply_to_login(Login& login, std::shared_ptr<const TokenOverride> override);

/// Puts the claims over those of a token. @param keeps_audience of an id_token, which is for its client whatever a rule
/// says (OIDC Core §2).
void override_claims(mimir::codec::Json& claims, const Login& login, bool keeps_audience = false);

}  // namespace mockoauth::server
