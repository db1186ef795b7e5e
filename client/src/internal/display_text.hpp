#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mimir::oauth::internal {

/// What a provider says of a person, fit to be shown: letters of every script stay, unlike in sanitise(). Controls, line
/// breaks, marks that turn the direction of writing or cannot be seen, private and unassigned characters and bytes that
/// are no UTF-8 become `?`, one for a run; then it is cut between characters to at most `max_bytes` and `...`
/// (CH-CL-05, CH-OI-15). Not for file names and commands.
[[nodiscard]] std::string display_text(std::string_view remote, std::size_t max_bytes);

}  // namespace mimir::oauth::internal
