#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// `{name}` of the profile's `params` replaced; the rest of a URL template after scheme and host.
[[nodiscard]] std::string path_of_template(const Profile& profile, std::string_view url_template);

/// Origin of a provider that names no second host and has the quirk `other_origin` all the same: everything but the
/// metadata is there.
inline constexpr std::string_view kElsewhere = "https://elsewhere.invalid";

/// The same for scheme and host; empty when the template names none.
[[nodiscard]] std::string origin_of_template(const Profile& profile, std::string_view url_template);

/// Whether a path is what a template such as `/applications/{client_id}/token` stands for.
[[nodiscard]] bool fits_template(std::string_view path_template, std::string_view path);

/// What a path that fits the template has in the place of `{name}`, decoded; nothing when the template has no such
/// place or it cannot be decoded.
[[nodiscard]] std::optional<std::string> segment_of(std::string_view path_template, std::string_view path,
                                                    std::string_view name);

}  // namespace mockoauth::server
