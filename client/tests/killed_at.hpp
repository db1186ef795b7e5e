#pragma once

#include <cstddef>
#include <functional>

namespace mimir::oauth::testing {

/// Which system calls count.
enum class Steps {
  All,      ///< Each entry and each return.
  Changes,  ///< Returns of those that change what the next process finds: a file is made, written, renamed or removed. That
            ///< it was synced is seen after a power cut only.
};

/// Runs `work` in a process of its own and ends it with SIGKILL at its n-th step, counted from 1.
/// @returns whether it lived that long; false means that there is no n-th one.
bool killed_at(std::size_t n, const std::function<void()>& work, Steps steps = Steps::All);

}  // namespace mimir::oauth::testing
