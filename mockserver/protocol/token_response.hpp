#pragma once

#include <chrono>
#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/issue.hpp"

namespace mockoauth::server {

/// The body of a token response (RFC 6749 §5.1) as the knobs `response.*` form it.
[[nodiscard]] mimir::codec::Json token_response(const Call& call, const TokenAnswer& answer,
                                                const std::string& access_token,
                                                std::chrono::seconds ttl, const std::string& id_token);

[[nodiscard]] inline std::int64_t unix_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// A member as this provider spells it (knobs `client.names` and `response.keys`).
[[nodiscard]] std::string spelt(const Profile& profile, const std::string& name);

}  // namespace mockoauth::server
