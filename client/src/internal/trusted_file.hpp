#pragma once

#include <filesystem>
#include <optional>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

struct TrustedFile {
  Secret text;                      ///< A configuration may hold a client secret.
  bool is_readable_by_others = false;
};

/// A file that nobody but the user and root can have written (CH-CF-04): regular, owner and folder's owner are one of
/// them, no write bit for group and others on either. Own links are followed, since people keep such files elsewhere.
/// Nothing when there is none. `configuration.insecure` and `configuration.unreadable` (LocalEnvironment).
Result<std::optional<TrustedFile>> read_trusted_file(const std::filesystem::path& path, std::size_t max_bytes);

/// `configuration.insecure` with the command that makes the file private.
[[nodiscard]] Error insecure_configuration(const std::filesystem::path& path, const std::string& why, const std::string& hint);

}  // namespace mimir::oauth::internal
