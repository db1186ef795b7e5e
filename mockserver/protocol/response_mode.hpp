#pragma once

#include <string>
#include <vector>

#include <mimir/codec/form.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Values of response_mode that the realm takes (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode, JARM
/// §2.3).
[[nodiscard]] std::vector<std::string> offered_response_modes(const RealmState& realm);

/// How the answer to this request gets to the client. Without the parameter: the query, or the fragment where tokens
/// come along (Multiple Response Types §5).
[[nodiscard]] Checked<ResponseMode> read_response_mode(const RealmState& realm,
                                                       const mimir::codec::Parameters& parameters);

/// Brings an answer, success or error, to the call's trusted redirection URI, by way of Phase::BeforeRedirect.
[[nodiscard]] Outcome deliver(Call& call, mimir::codec::Parameters answer);

}  // namespace mockoauth::server
