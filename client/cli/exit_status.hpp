#pragma once

#include <mimir/oauth/error.hpp>

namespace mimir::cli {

/// Exit statuses; part of the command's contract.
enum ExitStatus : int {
  kDone = 0,
  kUsage = 2,          ///< Wrong arguments or input.
  kRefused = 3,        ///< A check failed, the provider is broken or this client is not accepted.
  kUserDeclined = 4,   ///< The user said no at the provider.
  kTryLater = 5,       ///< Passing trouble: network, outage, nobody came back in time.
  kLocal = 6,          ///< This machine: port, store.
  kLoginRequired = 7,  ///< Only a login helps, and none was allowed.
  kInterrupted = 130,  ///< SIGINT or SIGTERM.
};

/// @param interrupted  whether a signal asked us to stop; then that is the reason, whatever the error says.
[[nodiscard]] ExitStatus exit_status_of(const oauth::Error& error, bool interrupted);

}  // namespace mimir::cli
