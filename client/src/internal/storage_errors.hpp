#pragma once

#include <chrono>
#include <string>

#include <mimir/oauth/error.hpp>

namespace mimir::oauth::internal {

/// How long to wait for another process that is busy with the same login.
inline constexpr std::chrono::seconds kLockTimeout{30};

/// Errors that every storage reports alike. None holds more than the provider's name.
[[nodiscard]] inline Error conflict(const std::string& provider) {
  return {.category = Category::TryLater,
          .code = "storage.conflict",
          .message = "The stored login of " + provider + " was changed by somebody else in the meantime.",
          .hint = "Load it again; the newer login is the one that counts."};
}

[[nodiscard]] inline Error newer_version(const std::string& provider) {
  return {.category = Category::LocalEnvironment,
          .code = "storage.newer_version",
          .message = "The stored login of " + provider + " was written by a newer version.",
          .hint = "Update this program; the login was left as it is."};
}

[[nodiscard]] inline Error lock_timeout(const std::string& provider) {
  return {.category = Category::TryLater,
          .code = "storage.lock_timeout",
          .message = "Another program is busy with the stored login of " + provider + " and did not finish in time.",
          .hint = "Try again; if it persists, look for a hanging process that uses the same login."};
}

[[nodiscard]] inline Error lock_cancelled() {
  return {.category = Category::Cancelled,
          .code = "cancelled",
          .message = "The wait for the stored login was cancelled.",
          .hint = ""};
}

}  // namespace mimir::oauth::internal
