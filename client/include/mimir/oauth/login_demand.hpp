#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth {

/// What a login must bring beyond what the provider is configured for, because a resource said so. A value; holds no
/// secret. What it says is a stranger's wish until the user consents.
struct LoginDemand {
  std::vector<std::string> scopes = {};                     ///< Wanted besides those granted (RFC 6750 §3.1).
  std::optional<std::chrono::seconds> max_age = {};         ///< The user logged in no longer ago (RFC 9470 §3).
  std::vector<std::string> acr_values = {};                 ///< In one of these ways (RFC 9470 §3).

  [[nodiscard]] bool operator==(const LoginDemand&) const = default;
};

/// Reads why a resource refused a good token: 403 `insufficient_scope` with a scope (RFC 6750 §3.1), or 401
/// `insufficient_user_authentication` with `acr_values` or `max_age` (RFC 9470 §3). Nothing for any other answer, and
/// for one whose values no request could carry. Thread-safe.
[[nodiscard]] std::optional<LoginDemand> login_demand(const HttpResponse& response);

}  // namespace mimir::oauth
