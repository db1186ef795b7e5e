#pragma once

#include <filesystem>

#include <mimir/oauth/error.hpp>

namespace mimir::oauth::internal {

/// Whether nobody but the user and root can exchange the folder for another one (CH-FS-04): every folder above it, by the
/// path as it is written and by the one that links lead to, belongs to one of them and lets no others change it. In a
/// folder with the sticky bit, such as /tmp, others cannot rename what is not theirs, and the user's own folder is known
/// by its owner; so it is let pass. `storage.insecure` (LocalEnvironment) with the repairing command.
Result<> check_parents(const std::filesystem::path& folder);

}  // namespace mimir::oauth::internal
