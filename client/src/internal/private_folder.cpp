#include "internal/private_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <mutex>

#include <mimir/codec/random.hpp>

#include "internal/folder_faults.hpp"
#include "internal/folder_parents.hpp"
#include "internal/wiping_buffer.hpp"

namespace mimir::oauth::internal {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kModesOfOthers = S_IRWXG | S_IRWXO;
constexpr std::chrono::milliseconds kLockPoll{10};
constexpr std::time_t kStaleSeconds = 60;

/// mkdir -p, every new folder for the user alone.
int make_folders(const fs::path& path) {
  if (path.empty() || path == path.root_path()) return 0;
  if (::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST) return 0;
  if (errno != ENOENT) return errno;
  if (const int error = make_folders(path.parent_path())) return error;
  return ::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST ? 0 : errno;
}

/// 0, or why a change of names in the folder may not outlive a power cut. Some file systems cannot sync a folder and say
/// EINVAL; they have no more to give.
int sync_names(int folder) { return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno; }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::optional<PrivateFolder>> PrivateFolder::open(const fs::path& path) {
  // A relative folder would be another one after every chdir (CH-ST-12).
  if (!path.is_absolute()) return fail(insecure(path, "the folder's path is not absolute", "Give an absolute path."));
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::optional<PrivateFolder>{};
  if (!fd && errno == ENOTDIR) return fail(insecure(path, "it is no folder, or a symbolic link", "Name the folder itself."));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return fail(unavailable_folder_file(path, errno));
  if (status.st_uid != ::geteuid()) {
    return fail(insecure(path, "it belongs to another user", "Check HOME, and whether this runs under sudo."));
  }
  if ((status.st_mode & kModesOfOthers) != 0) {
    return fail(insecure(path, "other users may look into it", "Run: chmod 700 '" + path.string() + "'"));
  }
  if (auto trusted = check_parents(path); !trusted) return fail(std::move(trusted.error()));
  return std::optional(PrivateFolder(std::move(fd), path));
}

Result<PrivateFolder> PrivateFolder::open_or_create(const fs::path& path) {
  const fs::path folder = path.has_filename() ? path : path.parent_path();
  if (path.is_absolute()) {
    if (const int error = make_folders(folder)) return fail(unavailable_folder_file(path, error));
  }
  auto opened = open(folder);
  if (!opened) return fail(opened.error());
  if (!*opened) return fail(unavailable_folder_file(path, ENOENT));
  return std::move(**opened);
}

Error PrivateFolder::unavailable(const std::string& name, int error) const { return unavailable_folder_file(path_ / name, error); }

Result<std::optional<UniqueFd>> PrivateFolder::open_checked(const std::string& name, int flags) const {
  const fs::path path = path_ / name;
  // O_NONBLOCK: opening a FIFO must not wait for a writer (CH-FS-16).
  UniqueFd fd(::openat(fd_.get(), name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd && errno == ENOENT) return std::optional<UniqueFd>{};
  const std::string remove = "Look at it, then run: rm '" + path.string() + "'";
  if (!fd && errno == ELOOP) return fail(insecure(path, "it is a symbolic link", remove));
  if (!fd && (errno == ENXIO || errno == EISDIR)) return fail(insecure(path, "it is no regular file", remove));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return fail(unavailable(name, errno));
  if (!S_ISREG(status.st_mode)) return fail(insecure(path, "it is no regular file", remove));
  if (status.st_uid != ::geteuid()) return fail(insecure(path, "it belongs to another user", remove));
  if ((status.st_mode & kModesOfOthers) != 0) {
    return fail(insecure(path, "other users may read it", "Log out, or run: chmod 600 '" + path.string() + "'"));
  }
  if (status.st_nlink > 1) return fail(insecure(path, "it has a second name (hard link)", remove));
  return std::optional(std::move(fd));
}

Result<UniqueFd> PrivateFolder::open_to_append(const std::string& name) const {
  auto fd = open_checked(name, O_WRONLY | O_APPEND | O_CREAT);
  if (!fd) return fail(fd.error());
  if (!*fd) return fail(unavailable(name, ENOENT));
  return std::move(**fd);
}

Result<std::optional<Secret>> PrivateFolder::read(const std::string& name) const {
  const auto fd = open_checked(name, O_RDONLY);
  if (!fd) return fail(fd.error());
  if (!*fd) return std::optional<Secret>{};
  WipingBuffer content;
  std::array<char, 16 * 1024> chunk{};
  while (true) {
    const ssize_t got = ::read((*fd)->get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(unavailable(name, errno));
    if (got == 0) break;
    content.append({chunk.data(), static_cast<std::size_t>(got)});
    if (content.size() > kMaxFileBytes) {
      return fail({.category = Category::LocalEnvironment,
                   .code = "storage.corrupt",
                   .message = (path_ / name).string() + " is larger than any stored login.",
                   .hint = "Log in again; the file is replaced then."});
    }
  }
  OPENSSL_cleanse(chunk.data(), chunk.size());
  return std::optional(Secret(content.view()));
}

Result<> PrivateFolder::replace(const std::string& name, std::string_view bytes, Random& random) const {
  const auto suffix = codec::random_base64url(random, 12);
  if (!suffix) {
    return fail({.category = Category::LocalEnvironment,
                 .code = "random.unavailable",
                 .message = "The system gives no random numbers.",
                 .hint = "Without them nothing can be stored safely."});
  }
  const std::string temporary = std::string(kTemporaryPrefix) + *suffix;
  // The mode is given here and not later: there is no moment at which others could open it.
  UniqueFd fd(::openat(fd_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       S_IRUSR | S_IWUSR));
  if (!fd) return fail(unavailable(temporary, errno));
  int error = 0;
  if (!write_all(fd.get(), bytes) || ::fsync(fd.get()) != 0) {
    error = errno;
  } else if (::renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
    return fail(unavailable(name, error));
  }
  if (const int unsynced = sync_names(fd_.get())) return fail(unavailable(name, unsynced));
  return {};
}

Result<> PrivateFolder::rename(const std::string& from, const std::string& to) const {
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0) return fail(unavailable(from, errno));
  if (const int unsynced = sync_names(fd_.get())) return fail(unavailable(from, unsynced));
  return {};
}

Result<> PrivateFolder::remove(const std::string& name) const {
  if (::unlinkat(fd_.get(), name.c_str(), 0) != 0) {
    if (errno == ENOENT) return {};
    return fail(unavailable(name, errno));
  }
  if (const int unsynced = sync_names(fd_.get())) return fail(unavailable(name, unsynced));
  return {};
}

void PrivateFolder::remove_stale_temporaries() const {
  const auto all = names();
  if (!all) return;
  const std::time_t now = std::time(nullptr);
  for (const auto& name : *all) {
    struct stat status {};
    if (!name.starts_with(kTemporaryPrefix) || ::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    // One of a minute to come was made before the clock was set back.
    if (std::abs(now - status.st_mtime) > kStaleSeconds) ::unlinkat(fd_.get(), name.c_str(), 0);
  }
}

Result<std::vector<std::string>> PrivateFolder::names() const {
  // A descriptor of its own: reading a folder moves the position of whoever shares it.
  const int copy = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!folder) {
    const int error = errno;
    if (copy >= 0) ::close(copy);
    return fail(unavailable_folder_file(path_, error));
  }
  std::vector<std::string> result;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") result.push_back(name);
  }
  std::ranges::sort(result);
  return result;
}

Result<std::optional<UniqueFd>> PrivateFolder::lock(const std::string& name, std::chrono::milliseconds timeout,
                                                    const std::stop_token& stop) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock guard(mutex);
  while (true) {
    auto fd = open_checked(name, O_RDWR | O_CREAT);
    if (!fd) return fd;
    // flock and not fcntl: it also keeps threads of one process apart, and closing another descriptor of the file does
    // not free it.
    if (::flock((*fd)->get(), LOCK_EX | LOCK_NB) == 0) {
      struct stat held {};
      struct stat named {};
      // Somebody may have tidied up in between; a lock on a file without a name locks nobody out.
      if (::fstat((*fd)->get(), &held) == 0 && ::fstatat(fd_.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
          held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
        return fd;
      }
    } else if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP) {
      return fail(no_locks(path_, errno));
    } else if (errno != EWOULDBLOCK && errno != EINTR) {
      return fail(unavailable(name, errno));
    }
    if (stop.stop_requested() || std::chrono::steady_clock::now() >= deadline) return std::optional<UniqueFd>{};
    // The kernel has no lock with a deadline. A request to stop ends the pause at once.
    const auto pause = std::min(std::chrono::steady_clock::now() + kLockPoll, deadline);
    never.wait_until(guard, stop, pause, [] { return false; });
  }
}

}  // namespace mimir::oauth::internal
