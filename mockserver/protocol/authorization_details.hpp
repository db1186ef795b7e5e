#pragma once

#include <optional>
#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/realm_state.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// The `authorization_details` of a request, judged by the types the realm and the client know (RFC 9396 §5): an array
/// of objects. Null where there are none or the realm does not speak RFC 9396.
[[nodiscard]] Checked<mimir::codec::Json> read_authorization_details(const RealmState& realm,
                                                                     const ClientRegistration& client,
                                                                     const std::optional<std::string>& text);

/// What a token is for when `asked` is asked at the token endpoint and `granted` was granted: only elements of it
/// (RFC 9396 §6.1). Nothing asked: all that was granted.
[[nodiscard]] Checked<mimir::codec::Json> narrow_authorization_details(const mimir::codec::Json& granted,
                                                                       const mimir::codec::Json& asked);

}  // namespace mockoauth::server
