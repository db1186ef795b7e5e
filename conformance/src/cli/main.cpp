#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>

#include "command.hpp"

namespace mockoauth::cli {

std::string self_path() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? std::string("mockoauth") : path.string();
}

std::string sibling_path(const std::string& name) { return (std::filesystem::path(self_path()).parent_path() / name).string(); }

bool colour_wanted(int fd) { return ::isatty(fd) == 1 && std::getenv("NO_COLOR") == nullptr; }

int complain(const std::string& message, ExitStatus status) {
  std::cerr << "mockoauth: " << message << '\n';
  return status;
}

namespace {

constexpr const char* kFooter = R"(First minute:
  mockoauth --scenario expired-refresh            play a story against the bundled client
  mockoauth test -- ./my-cli                      certify a program of your own
  mockoauth serve --provider google               a provider to develop against
  mockoauth report                                one page: clients, providers, scenarios

Exit status: 0 all held, 1 a check failed, 2 usage or input, 3 the bench could not do its work.)";

int run(std::vector<std::string> arguments) {
  // Everything after `--` belongs to the program under test and is not ours to parse.
  Trailing trailing;
  if (const auto dashes = std::find(arguments.begin(), arguments.end(), "--"); dashes != arguments.end()) {
    trailing.assign(dashes + 1, arguments.end());
    arguments.erase(dashes, arguments.end());
  }
  // `mockoauth --scenario X` is short for `mockoauth test --scenario X`.
  if (!arguments.empty() && arguments.front().starts_with("--scenario")) arguments.insert(arguments.begin(), "test");

  CLI::App app{"A test bench for OAuth clients: a mock provider that misbehaves on cue, and scenarios that say what must be seen.", "mockoauth"};
  app.footer(kFooter);
  app.set_version_flag("--version", MOCKOAUTH_VERSION);
  app.require_subcommand(1);
  Commands commands;
  register_all_commands(commands);
  std::function<int()> chosen;
  for (const auto& command : commands.all()) {
    auto* sub = app.add_subcommand(command.name, command.summary);
    if (command.hidden) sub->group("");
    sub->callback([&chosen, action = command.prepare(*sub, trailing)] { chosen = action; });
  }
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 wants them so.
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), static_cast<int>(kUsage));
  }
  return chosen();
}

}  // namespace
}  // namespace mockoauth::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return mockoauth::cli::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    return mockoauth::cli::complain(std::string("internal error: ") + error.what(), mockoauth::cli::kBench);
  }
}
