#include "internal/folder_parents.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "internal/folder_faults.hpp"

namespace mimir::oauth::internal {
namespace {

/// Owner of what belongs to nobody in this user namespace: outside it is mostly root's.
constexpr uid_t kUnmappedUser = 65534;

/// A group that is the user's alone by the custom of having the same number, or root's.
bool is_group_of_one(gid_t group) { return group == 0 || (group == ::getegid() && group == ::geteuid()); }

bool is_changed_by_others(const struct stat& status) {
  if ((status.st_mode & S_ISVTX) != 0) return false;
  return (status.st_mode & S_IWOTH) != 0 || ((status.st_mode & S_IWGRP) != 0 && !is_group_of_one(status.st_gid));
}

Result<> check_chain(const std::filesystem::path& folder) {
  for (auto at = folder; at != at.root_path();) {
    at = at.parent_path();
    struct stat status {};
    if (::stat(at.c_str(), &status) != 0) return fail(unavailable_folder_file(at, errno));
    if (status.st_uid != 0 && status.st_uid != ::geteuid() && status.st_uid != kUnmappedUser) {
      return fail(insecure(folder, at.string() + " above it belongs to another user",
                           "Check HOME, and whether this runs under sudo."));
    }
    if (is_changed_by_others(status)) {
      return fail(insecure(folder, "others may change " + at.string() + " above it",
                           "Look at it, then run: chmod go-w '" + at.string() + "'"));
    }
  }
  return {};
}

}  // namespace

Result<> check_parents(const std::filesystem::path& folder) {
  if (auto written = check_chain(folder); !written) return written;
  std::error_code error;
  const auto real = std::filesystem::canonical(folder, error);
  if (error) return fail(unavailable_folder_file(folder, error.value()));
  return real == folder ? Result<>{} : check_chain(real);
}

}  // namespace mimir::oauth::internal
