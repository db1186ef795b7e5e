#pragma once

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Puts the refusal of an access token on the wire: with a challenge of the scheme that was used, and where both are
/// welcome with one of either (RFC 6750 §3, RFC 9449 §7.1). For endpoints that judge tokens with check_bearer().
HttpResponse write_resource_challenge(Call& call, const Refusal& refusal);

/// Only the challenges, on an answer that has its body and status.
void add_resource_challenge(const Call& call, const Refusal& refusal, HttpResponse& response);

}  // namespace mockoauth::server
