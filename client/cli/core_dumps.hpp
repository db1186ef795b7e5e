#pragma once

namespace mimir::cli {

/// No command leaves its memory behind when it crashes, unless MIMIR_CORE_DUMPS is set to `allow`, to find out why.
void forbid_core_dumps_unless_allowed();

/// Whether a crash of this process would leave nothing.
[[nodiscard]] bool core_dumps_are_forbidden();

}  // namespace mimir::cli
