#pragma once

#include <optional>
#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/realm_state.hpp"

namespace mockoauth::server {

/// What Realm offers a test under the same names.
[[nodiscard]] mimir::codec::Result<std::string> sign_token(RealmState& realm, const mimir::codec::Json& claims,
                                                           const std::string& algorithm, const std::string& typ,
                                                           const std::string& client_secret);
[[nodiscard]] mimir::codec::Result<mimir::codec::Json> issue_tokens(RealmState& realm, const GrantOrder& order);
[[nodiscard]] bool revoke_token(RealmState& realm, const std::string& text);
[[nodiscard]] bool expire_token(RealmState& realm, const std::string& text);
[[nodiscard]] std::optional<GrantView> find_grant(RealmState& realm, const std::string& flow);
[[nodiscard]] std::string flow_of(RealmState& realm, const std::string& token);

}  // namespace mockoauth::server
