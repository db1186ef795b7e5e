#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What a provider knows of a user, for the placeholders `{user.NAME}`: a member of User, one of its claims, or for
/// what a provider makes up itself (ids, the organisation) a value that is the same for the same user in every run.
/// Nothing for a name that no provider knows.
[[nodiscard]] std::optional<mimir::codec::Json> user_value(const User& user, std::string_view name);

}  // namespace mockoauth::server
