#pragma once

#include <string>
#include <system_error>

namespace mimir::oauth::internal {

/// Thread-safe strerror.
[[nodiscard]] inline std::string errno_text(int error) { return std::generic_category().message(error); }

}  // namespace mimir::oauth::internal
