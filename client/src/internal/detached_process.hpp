#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mimir::oauth::internal {

/// How a program that was started for the user ended within the time it was watched.
struct Launch {
  int error = 0;                        ///< errno when it could not be started.
  std::optional<int> exit_status = {};  ///< As of waitpid; nothing when it is still running.
};

/// Starts a program that outlives us: argument vector without a shell, the null device as its standard streams, a
/// session of its own, no inherited descriptor, no blocked signal (CH-BR-02, CH-BR-08, CH-BR-09). It is reaped whenever
/// it ends.
///
/// @param command  absolute program and its arguments.
/// @param watch    how long to wait for an early end.
Launch launch_detached(const std::vector<std::string>& command, std::chrono::milliseconds watch);

}  // namespace mimir::oauth::internal
