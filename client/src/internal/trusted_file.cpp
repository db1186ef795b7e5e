#include "internal/trusted_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "internal/errno_text.hpp"
#include "internal/sanitise.hpp"
#include "internal/unique_fd.hpp"
#include "internal/wiping_buffer.hpp"

namespace mimir::oauth::internal {
namespace {

constexpr mode_t kWritableByOthers = S_IWGRP | S_IWOTH;
constexpr mode_t kReadableByOthers = S_IRGRP | S_IROTH;

Error unreadable_configuration(const std::filesystem::path& path, const std::string& why) {
  return {.category = Category::LocalEnvironment,
          .code = "configuration.unreadable",
          .message = "Cannot read " + sanitise(path.string()) + ": " + why + ".",
          .hint = "Correct it or move it away."};
}

/// Why what is written there may be somebody else's word; empty when it is not.
std::string distrust(const struct stat& status) {
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return "it belongs to another user";
  return (status.st_mode & kWritableByOthers) != 0 ? "others may change it" : "";
}

Error distrusted(const std::filesystem::path& path, const std::string& why) {
  return insecure_configuration(path, why, "Look at it, then run: chmod go-w '" + sanitise(path.string()) + "'");
}

}  // namespace

Error insecure_configuration(const std::filesystem::path& path, const std::string& why, const std::string& hint) {
  return {.category = Category::LocalEnvironment,
          .code = "configuration.insecure",
          .message = sanitise(path.string()) + " is not used: " + why + ".",
          .hint = hint};
}

Result<std::optional<TrustedFile>> read_trusted_file(const std::filesystem::path& path, std::size_t max_bytes) {
  // O_NONBLOCK: a FIFO must not make every command wait for a writer.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::optional<TrustedFile>{};
  struct stat folder {};
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return fail(unreadable_configuration(path, errno_text(errno)));
  if (!S_ISREG(status.st_mode)) return fail(unreadable_configuration(path, "it is no regular file"));
  if (::stat(path.parent_path().c_str(), &folder) != 0) return fail(unreadable_configuration(path, errno_text(errno)));
  if (const auto why = distrust(folder); !why.empty()) return fail(distrusted(path.parent_path(), why));
  if (const auto why = distrust(status); !why.empty()) return fail(distrusted(path, why));
  WipingBuffer text;
  std::array<char, 4096> chunk{};
  while (text.size() <= max_bytes) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(unreadable_configuration(path, errno_text(errno)));
    if (got == 0) break;
    text.append({chunk.data(), static_cast<std::size_t>(got)});
  }
  OPENSSL_cleanse(chunk.data(), chunk.size());
  return std::optional(TrustedFile{.text = Secret(text.view()),
                                   .is_readable_by_others = (status.st_mode & kReadableByOthers) != 0});
}

}  // namespace mimir::oauth::internal
