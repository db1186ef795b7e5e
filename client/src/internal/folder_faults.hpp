#pragma once

#include <filesystem>
#include <string>

#include <mimir/oauth/error.hpp>

namespace mimir::oauth::internal {

/// `storage.unavailable` with the system's reason, and what can be done about it.
[[nodiscard]] Error unavailable_folder_file(const std::filesystem::path& path, int error);
/// `storage.no_locks`: two programs could renew one login at once, and the provider takes that for theft.
[[nodiscard]] Error no_locks(const std::filesystem::path& folder, int error);
/// `storage.insecure`: `why` is a clause, `hint` has the command that repairs it.
[[nodiscard]] Error insecure(const std::filesystem::path& path, const std::string& why, const std::string& hint);

}  // namespace mimir::oauth::internal
