#pragma once

#include <optional>
#include <string>

#include <internal/private_folder.hpp>

namespace mimir::oauth::internal {

/// Which backend holds the logins of a folder: the pointer that says which copy counts.
struct StorageRecord {
  std::string backend;
  std::string leftover = {};  ///< Copies there do not count and are to be deleted: a move from or to there ended early.
  std::string reason = {};    ///< Why not the better one, when the choice was made; for people.
};

/// Nothing when no choice was recorded. `storage.corrupt` when the record cannot be read.
Result<std::optional<StorageRecord>> read_storage_record(const PrivateFolder& folder);
Result<> write_storage_record(const PrivateFolder& folder, const StorageRecord& record, Random& random);

}  // namespace mimir::oauth::internal
