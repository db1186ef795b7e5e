#pragma once

#include <string>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::cli {

/// Who waits for the user of a login, and where.
struct Waiter {
  oauth::EnvironmentLookup environment = [](std::string_view) { return std::optional<std::string>(); };
  bool takes_pastes = false;  ///< A person may paste the address at which the browser ended.
};

/// What is waited for: the host, how long, and which keys do something (CH-CL-13).
[[nodiscard]] std::string waiting_line(const oauth::Wait& wait, bool is_first, const Waiter& here);

/// Why nothing may have come yet and what to do, by what is found here; empty for a login on another device, where nothing
/// comes to this machine.
[[nodiscard]] std::string waiting_hint(const oauth::Wait& wait, const Waiter& here);

}  // namespace mimir::cli
