#pragma once

#include <string>

#include <mimir/codec/result.hpp>

namespace mockoauth::cli {

/// A file that is there as long as this object: for other programs to read while this one runs. Whole or not there.
class PassingFile {
 public:
  /// Replaces a file of that path. Fails with `file.write` and says why.
  static mimir::codec::Result<PassingFile> write(const std::string& path, const std::string& content);
  /// The same at a path of its own among the temporary files.
  static mimir::codec::Result<PassingFile> write_temporary(const std::string& suffix, const std::string& content);
  PassingFile(PassingFile&& other) noexcept;
  PassingFile& operator=(PassingFile&& other) noexcept;
  ~PassingFile();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit PassingFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace mockoauth::cli
