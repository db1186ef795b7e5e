#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mimir::oauth::internal {

/// The stem of a provider's files: no traversal, no reserved or hidden name, no clash between upper and lower case, no
/// length that a file system would refuse (CH-FS-15). Names that begin with `=` are ours and never come out of it,
/// but for the hash of a name that is too long.
[[nodiscard]] std::string record_stem(const std::string& provider);

/// Whether a record is the library's own and no login: no command line takes a name that begins so.
[[nodiscard]] inline bool is_own_record(std::string_view name) { return name.starts_with('='); }

/// The provider's name, or nothing when the stem is a hash or not of our making.
[[nodiscard]] std::optional<std::string> provider_from_stem(const std::string& stem);

}  // namespace mimir::oauth::internal
