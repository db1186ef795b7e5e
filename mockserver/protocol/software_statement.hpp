#pragma once

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// What a client says of itself, overlaid by what a trusted issuer (RealmOptions::trusted_issuers) says of its software
/// in the member `software_statement` (RFC 7591 §2.3, §3.1.1). A realm that trusts nobody does not know the member.
/// @returns the metadata to judge, `software_statement` still in it when it counted; else `software_statement_invalid`
/// or, from a stranger, `software_statement_unapproved`.
[[nodiscard]] Checked<mimir::codec::Json> with_software_statement(const Call& call, const mimir::codec::Json& sent);

}  // namespace mockoauth::server
