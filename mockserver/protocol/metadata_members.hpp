#pragma once

#include <mimir/codec/json.hpp>

#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// The members of client metadata that this server knows, each of the type that its RFC gives it: RFC 7591 §2, OpenID
/// Connect Dynamic Client Registration 1.0 §2, RFC 8705 §2.1.2, RFC 9101 §10.5, RFC 9126 §6, RFC 9396 §10, RFC 9449
/// §5.2. Names of §2.2 may carry a language (`client_name#de`).
/// @returns a copy without unknown members and without those that are null, or `registration_metadata_invalid`.
[[nodiscard]] Checked<mimir::codec::Json> known_members(const mimir::codec::Json& sent);

/// The texts of a member that is a list of them; none when it is not there.
[[nodiscard]] std::vector<std::string> texts_of(const mimir::codec::Json& metadata, std::string_view name);

}  // namespace mockoauth::server
