#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

#include "internal/unique_fd.hpp"

namespace mimir::oauth::internal {

/// A folder of files that only the user may read (CH-FS-01): opened once, all names are looked up within it.
///
/// Every file is checked when it is opened: regular, our own, no bit for others, one link, never through a symbolic
/// link, never blocking on a FIFO; every folder above is checked for who may change it (CH-FS-04). `storage.insecure`
/// (LocalEnvironment) with the repairing command otherwise; `storage.unavailable` (LocalEnvironment) with the system's
/// reason for everything else.
class PrivateFolder {
 public:
  static constexpr std::size_t kMaxFileBytes = 1024 * 1024;
  static constexpr std::string_view kTemporaryPrefix = "=tmp-";

  /// Nothing when the folder is not there.
  static Result<std::optional<PrivateFolder>> open(const std::filesystem::path& path);
  /// Makes the folder and missing parents with mode 0700 at creation.
  static Result<PrivateFolder> open_or_create(const std::filesystem::path& path);

  /// The whole file, or nothing when there is none. `storage.corrupt` above kMaxFileBytes.
  Result<std::optional<Secret>> read(const std::string& name) const;
  /// Atomically: temporary in this folder with mode 0600 from its creation, fsync, rename, fsync of the folder. The old
  /// file is whole until the new one is (CH-FS-02, CH-FS-05). Callers hold a lock that is common to all writers.
  Result<> replace(const std::string& name, std::string_view bytes, Random& random) const;
  /// For adding at the end of a file, which is made with mode 0600 if there is none.
  Result<UniqueFd> open_to_append(const std::string& name) const;
  Result<> rename(const std::string& from, const std::string& to) const;
  /// A file that is not there is fine.
  Result<> remove(const std::string& name) const;
  /// What writers left that were killed: temporaries of more than a minute ago, since notes are written without the lock
  /// that is common to all other writers. Only under that lock (CH-FS-06).
  void remove_stale_temporaries() const;
  Result<std::vector<std::string>> names() const;

  /// An exclusive kernel lock on a file that is never removed; freed by closing it or by the end of the process, so that
  /// nothing stays behind a crash. Nothing when it was not to be had in time or a stop was requested. `storage.no_locks`
  /// (LocalEnvironment) where the file system has none (CH-FS-14).
  Result<std::optional<UniqueFd>> lock(const std::string& name, std::chrono::milliseconds timeout,
                                       const std::stop_token& stop) const;

 private:
  PrivateFolder(UniqueFd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<std::optional<UniqueFd>> open_checked(const std::string& name, int flags) const;
  [[nodiscard]] Error unavailable(const std::string& name, int error) const;

  UniqueFd fd_;
  std::filesystem::path path_;
};

}  // namespace mimir::oauth::internal
