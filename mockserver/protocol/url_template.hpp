#pragma once

#include <string>
#include <string_view>

#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// `{name}` of the profile's `params` replaced; the rest of a URL template after scheme and host.
[[nodiscard]] std::string path_of_template(const Profile& profile, std::string_view url_template);

/// The same for scheme and host; empty when the template names none.
[[nodiscard]] std::string origin_of_template(const Profile& profile, std::string_view url_template);

}  // namespace mockoauth::server
