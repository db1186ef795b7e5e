#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mimir::codec::testing {

/// A fresh folder, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const;
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path folder_;
};

struct CommandResult {
  int status = -1;     ///< Exit status; -1 when the command could not be run or was killed.
  std::string output;  ///< stdout.
  std::string errors;  ///< stderr.
};

/// Runs `openssl ARGUMENTS…` without a shell and without a terminal to ask at.
CommandResult run_openssl(const TemporaryFolder& folder, const std::vector<std::string>& arguments);

}  // namespace mimir::codec::testing
