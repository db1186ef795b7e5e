#pragma once

#include "protocol/store.hpp"
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// Whether a refresh token that was rotated may come once more: within the knob `refresh.grace_s`, while its successor
/// is unused. The answer that carried it may have been lost, so the client is given the same one again. That way a
/// family never has two live ends.
[[nodiscard]] bool is_in_grace(const Profile& profile, Tables& tables, const RefreshToken& token, TimePoint now);

/// Whether nobody has used it for too long (knob `refresh.idle_ttl_s`, or what a rule says).
[[nodiscard]] bool is_idle(const Profile& profile, const Login& login, const RefreshToken& token, TimePoint now);

/// Whether the client it belongs to would get tokens for it now.
[[nodiscard]] bool is_usable(const Profile& profile, Tables& tables, const RefreshToken& token, TimePoint now);

}  // namespace mockoauth::server
