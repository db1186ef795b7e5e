#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>

namespace mockoauth::conformance::internal {

struct ProcessRequest {
  std::vector<std::string> arguments;              ///< The first is the program: a path, or a name looked up in PATH.
  std::map<std::string, std::string> environment;  ///< All of it: nothing is inherited.
  std::string directory;                           ///< Working directory.
  std::chrono::milliseconds timeout{30'000};       ///< Then the whole process group is killed.
  /// Called with each line as it is written, stdout and stderr mixed; may be empty.
  std::function<void(const std::string&)> on_line = {};
};

struct ProcessResult {
  enum class End { Exited, Signalled, TimedOut } end = End::Exited;
  int status = 0;  ///< Exit status or signal number.
  std::vector<std::string> lines;
};

/// Runs a program to its end; no shell. Errors: `process.not_found`, `process.start`.
mimir::codec::Result<ProcessResult> run_process(const ProcessRequest& request);

}  // namespace mockoauth::conformance::internal
