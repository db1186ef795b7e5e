#pragma once

#include "tests/profiles/plays.hpp"

namespace mockoauth::server::testing {

/// What other clients do than the profile wants, and what only a second look shows: for finding out whether a knob does
/// anything. What they are for is told by their names.
[[nodiscard]] const std::map<std::string, Play>& deviations();

}  // namespace mockoauth::server::testing
