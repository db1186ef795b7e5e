#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mimir::codec {

/// The candidates nearest to `name` (edit distance), best first, at most `count`, none that is farther than half the
/// name. None for a name of more than 80 bytes: it is no slip of the fingers, and the work grows with its length.
[[nodiscard]] std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates,
                                               std::size_t count = 3);

}  // namespace mimir::codec
