#pragma once

#include <string>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Whether a token can be for this resource: an absolute URI without fragment that the realm knows (RFC 8707 §2).
[[nodiscard]] Checked<void> check_target(const RealmState& realm, const std::string& resource);

/// The `resource` parameters of a request to the back channel and more, each checked. Empty where the realm does not
/// speak RFC 8707 and nothing more was named. @param more logical names from elsewhere: `audience` (RFC 8693 §2.1).
[[nodiscard]] Checked<std::vector<std::string>> read_targets(const Call& call, const std::vector<std::string>& more);

/// What a token is for when `asked` is asked and `granted` was granted: never more (RFC 8707 §2.2). Nothing asked: all
/// that was granted.
[[nodiscard]] Checked<std::vector<std::string>> narrow_targets(const std::vector<std::string>& granted,
                                                               const std::vector<std::string>& asked);

}  // namespace mockoauth::server
