#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/refusal.hpp"
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// Whether a client may be answered at this URI (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1), by the knobs
/// `redirect.*`. Exact unless they say otherwise. The refusal says which part differs.
[[nodiscard]] Checked<void> check_redirect_uri(const Profile& profile, const std::vector<std::string>& registered,
                                               std::string_view presented);

/// `loopback`, `https`, `custom_scheme` or `manual`, for rules.
[[nodiscard]] std::string redirect_kind(const Profile& profile, std::string_view uri);

}  // namespace mockoauth::server
