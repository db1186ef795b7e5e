#pragma once

#include <string>
#include <vector>

namespace mimir::cli {

/// Takes variables from the process that make libraries write secrets down (CH-LG-08): the keys of TLS connections, and
/// what goes to a keyring. To be called at the start, while there is one thread.
void remove_leaking_variables();

/// Those that were set and not empty.
[[nodiscard]] const std::vector<std::string>& removed_variables();

}  // namespace mimir::cli
