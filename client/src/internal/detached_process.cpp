#include "internal/detached_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <memory>
#include <thread>

namespace mimir::oauth::internal {
namespace {

/// Attributes and file actions of one posix_spawn.
class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    // An ignored SIGPIPE would be inherited and surprise the browser's own children.
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) ::sigaddset(&signals, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Launch launch_detached(const std::vector<std::string>& command, std::chrono::milliseconds watch) {
  std::vector<std::string> words = command;  // posix_spawn asks for writable strings
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const SpawnSettings settings;
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, arguments[0], settings.actions(), settings.attributes(), arguments.data(), environ);
  if (error != 0) return {.error = error};

  // The watcher stays until the browser is closed, and may be alone by then: it owns what it touches.
  auto ended = std::make_shared<std::promise<int>>();
  auto status = ended->get_future();
  try {
    std::thread([ended, child] { ended->set_value(wait_for(child)); }).detach();
  } catch (const std::system_error&) {
    return {};  // no thread to be had: the browser runs, and is reaped by init after us
  }
  if (status.wait_for(watch) != std::future_status::ready) return {};
  return {.exit_status = status.get()};
}

}  // namespace mimir::oauth::internal
