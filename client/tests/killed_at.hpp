#pragma once

#include <cstddef>
#include <functional>

namespace mimir::oauth::testing {

/// Runs `work` in a process of its own and ends it with SIGKILL at its n-th entry into or return from a system call,
/// counted from 1. @returns whether it lived that long; false means that there is no n-th one.
bool killed_at(std::size_t n, const std::function<void()>& work);

}  // namespace mimir::oauth::testing
