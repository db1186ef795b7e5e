#include "passing_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mockoauth::cli {
namespace {

tl::unexpected<mimir::codec::Error> failed(const std::string& path) {
  return mimir::codec::fail("file.write", "cannot write " + path + ": " + std::strerror(errno));
}

// A name of nobody's choosing beside or at the place, so that nothing of another program is opened or followed.
mimir::codec::Result<std::string> write_new(const std::string& directory, const std::string& suffix,
                                            const std::string& content) {
  std::string pattern = directory + "/mockoauth-XXXXXX" + suffix;
  std::vector<char> name(pattern.begin(), pattern.end());
  name.push_back('\0');
  const int file = ::mkostemps(name.data(), static_cast<int>(suffix.size()), O_CLOEXEC);
  const std::string path(name.data());
  if (file < 0) return failed(path);
  ::fchmod(file, 0644);  // What is in it is public.
  const bool written = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const bool closed = ::close(file) == 0;
  if (written && closed) return path;
  const auto problem = failed(path);
  ::unlink(path.c_str());
  return problem;
}

}  // namespace

mimir::codec::Result<PassingFile> PassingFile::write(const std::string& path, const std::string& content) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  auto made = write_new(parent.empty() ? "." : parent, "", content);
  if (!made) return failed(path);  // Of the name that was asked for, not of the one on the way to it.
  if (std::rename(made->c_str(), path.c_str()) == 0) return PassingFile(path);
  const auto problem = failed(path);
  ::unlink(made->c_str());
  return problem;
}

mimir::codec::Result<PassingFile> PassingFile::write_temporary(const std::string& suffix, const std::string& content) {
  std::error_code none;
  const auto directory = std::filesystem::temp_directory_path(none);
  auto made = write_new(none ? "/tmp" : directory.string(), suffix, content);
  if (!made) return tl::unexpected(made.error());
  return PassingFile(std::move(*made));
}

PassingFile::PassingFile(PassingFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PassingFile& PassingFile::operator=(PassingFile&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

PassingFile::~PassingFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace mockoauth::cli
