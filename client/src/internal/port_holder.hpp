#pragma once

#include <cstdint>
#include <string>

namespace mimir::oauth::internal {

/// Which process listens on a TCP port of this machine, as far as the current user may know: `python3 (process 4711)`.
/// Empty when it cannot be told (another user's process, no procfs).
[[nodiscard]] std::string describe_port_holder(std::uint16_t port);

}  // namespace mimir::oauth::internal
