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

/// Whether a client may register this URI (RFC 7591 §2, RFC 9700 §2.6), by the same knobs: absolute, without fragment,
/// https or http on loopback, or a private-use scheme that is a reversed domain name (RFC 8252 §7.1, §8.4).
[[nodiscard]] Checked<void> check_registrable_uri(const Profile& profile, std::string_view uri);

/// `loopback`, `https`, `custom_scheme` or `manual`, for rules.
[[nodiscard]] std::string redirect_kind(const Profile& profile, std::string_view uri);

}  // namespace mockoauth::server
