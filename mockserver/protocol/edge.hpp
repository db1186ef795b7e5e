#pragma once

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// What a provider has in front of its application: a filter that looks at the User-Agent before OAuth is reached
/// (knobs `transport.user_agent` and `transport.refused_agents`).
[[nodiscard]] Checked<void> pass_edge(const Call& call);

/// Rate-limit headers of an ordinary answer (knob `limits.headers`). What each says is told by its name.
void add_limit_headers(const Call& call, HttpResponse& response);

}  // namespace mockoauth::server
