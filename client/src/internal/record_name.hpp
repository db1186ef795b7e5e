#pragma once

#include <optional>
#include <string>

namespace mimir::oauth::internal {

/// The stem of a provider's files: no traversal, no reserved or hidden name, no clash between upper and lower case, no
/// length that a file system would refuse (CH-FS-15). Names that begin with `=` are ours and never come out of it,
/// but for the hash of a name that is too long.
[[nodiscard]] std::string record_stem(const std::string& provider);

/// The provider's name, or nothing when the stem is a hash or not of our making.
[[nodiscard]] std::optional<std::string> provider_from_stem(const std::string& stem);

}  // namespace mimir::oauth::internal
