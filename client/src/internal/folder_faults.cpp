#include "internal/folder_faults.hpp"

#include <cerrno>

#include "internal/errno_text.hpp"

namespace mimir::oauth::internal {
namespace {

/// What to do, and what of the logins is left: that is the question of whoever sees a disk fail.
const char* advice_about(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "Free some space, or have the limit raised; nothing that was stored is lost.";
    case EROFS:
      return "What is stored can still be read. Make the disk writable, or set MIMIR_HOME to a folder on another one.";
    case EXDEV:
      return "Set MIMIR_HOME to a folder that lies on one file system as a whole; what was stored is as it was.";
    case EIO:
      return "The disk reports errors: save what is on it. What was stored is not overwritten in place.";
    default:
      return "Check the folder's owner, its permissions and its file system.";
  }
}

}  // namespace

Error unavailable_folder_file(const std::filesystem::path& path, int error) {
  return {.category = Category::LocalEnvironment,
          .code = "storage.unavailable",
          .message = "Cannot use " + path.string() + ": " + errno_text(error) + ".",
          .hint = advice_about(error)};
}

Error no_locks(const std::filesystem::path& folder, int error) {
  return {.category = Category::LocalEnvironment,
          .code = "storage.no_locks",
          .message = "The file system of " + folder.string() + " gives no locks (" + errno_text(error) + "), and without " +
                     "them two programs could renew one login at once. Nothing was changed.",
          .hint = "Set MIMIR_HOME to a folder on a local disk."};
}

Error insecure(const std::filesystem::path& path, const std::string& why, const std::string& hint) {
  return {.category = Category::LocalEnvironment,
          .code = "storage.insecure",
          .message = path.string() + " cannot be trusted with a login: " + why + ".",
          .hint = hint};
}

}  // namespace mimir::oauth::internal
