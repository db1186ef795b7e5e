#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// Splits a scope parameter by the knob `scope.separators`; order is kept, repetitions are dropped (RFC 6749 §3.3).
[[nodiscard]] std::vector<std::string> split_scopes(const Profile& profile, std::string_view text);

/// Scopes to grant for what an authorization request asks, by the knob `scope.unknown`.
[[nodiscard]] Checked<std::vector<std::string>> grant_scopes(const RealmOptions& realm,
                                                             const ClientRegistration& client,
                                                             const std::optional<std::string>& asked);

/// The resource that scopes are of, where they are written as URLs: `https://api.example` for
/// `https://api.example/read`. Empty: none is. Fails with scope_invalid when they are of several.
[[nodiscard]] Checked<std::string> resource_of_scopes(const std::vector<std::string>& scopes);

/// Scopes for a refresh: never more than was granted (RFC 6749 §6), by the knob `refresh.scope_param`.
[[nodiscard]] Checked<std::vector<std::string>> narrow_scopes(const Profile& profile,
                                                              const std::vector<std::string>& granted,
                                                              const std::optional<std::string>& asked);

}  // namespace mockoauth::server
