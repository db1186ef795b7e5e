#pragma once

#include <chrono>

#include <internal/oauth_failure.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth::internal {

/// A device authorization answer that passed every check of RFC 8628 §3.2.
struct DeviceGrant {
  Secret device_code;
  DevicePrompt prompt;
  std::chrono::seconds interval{5};    ///< §3.2: 5 when the server names none or nonsense.
  std::chrono::seconds lifetime{};     ///< At most a day.
};

Result<DeviceGrant> validate_device_response(const HttpResponse& response, const AnswerSource& source);

}  // namespace mimir::oauth::internal
