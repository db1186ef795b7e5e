#pragma once

#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>

#include "protocol/realm_state.hpp"

namespace mockoauth::server {

/// Sets a list of texts; one without elements is left out (RFC 8414 §3.2).
void set_list(mimir::codec::Json& document, std::string_view name, const std::vector<std::string>& values);

/// What is true of this realm and nothing else (RFC 8414 §2, OIDC Discovery §3): each endpoint's URL and what endpoints
/// and extensions add from their own files.
[[nodiscard]] mimir::codec::Json metadata_of(const RealmState& realm);

}  // namespace mockoauth::server
