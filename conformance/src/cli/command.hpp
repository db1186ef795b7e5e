#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace mockoauth::cli {

/// Exit statuses of `mockoauth`.
enum ExitStatus : int {
  kHeld = 0,         ///< Everything held.
  kCheckFailed = 1,  ///< A check failed, or nothing was shown.
  kUsage = 2,        ///< Usage or input.
  kBench = 3,        ///< The bench could not do its work.
};

/// What stands after `--`: a program under test with its arguments.
using Trailing = std::vector<std::string>;

/// Adds its options to `app` and returns what runs it.
using Prepare = std::function<std::function<int()>(CLI::App& app, const Trailing& trailing)>;

struct Command {
  std::string name;
  std::string summary;
  Prepare prepare;
  bool hidden = false;
};

/// The subcommands, one file each in commands/.
class Commands {
 public:
  void add(Command command) { all_.push_back(std::move(command)); }
  [[nodiscard]] const std::vector<Command>& all() const { return all_; }

 private:
  std::vector<Command> all_;
};

void register_all_commands(Commands& commands);

/// Path of the running program, and of a program that is installed beside it.
[[nodiscard]] std::string self_path();
[[nodiscard]] std::string sibling_path(const std::string& name);

/// Whether text that people read should be coloured: a terminal, and no NO_COLOR.
[[nodiscard]] bool colour_wanted(int fd);

/// One sentence on stderr, then the status.
int complain(const std::string& message, ExitStatus status);

}  // namespace mockoauth::cli
