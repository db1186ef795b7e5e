#include "killed_at.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace mimir::oauth::testing {
namespace {

/// Remembers of a process that stops at every system call which one it is in.
class CallWatch {
 public:
  explicit CallWatch(Steps steps) : steps_(steps) {}

  bool is_step(pid_t child) {
    if (steps_ == Steps::All) return true;
    __ptrace_syscall_info info{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) changes_ = changes(info.entry.nr, info.entry.args);
    return info.op == PTRACE_SYSCALL_INFO_EXIT && changes_;
  }

 private:
  static bool changes(std::uint64_t number, const std::uint64_t (&arguments)[6]) {
    if (number == SYS_openat) return (arguments[2] & O_EXCL) != 0;  // and not the lock's file, which is there or says nothing
#ifdef __SANITIZE_ADDRESS__
    if (number == SYS_write && arguments[2] == 16) return false;  // UBSan looks whether memory may be read
#endif
    if (number == SYS_write) return arguments[2] != sizeof(std::uint64_t);  // so much only wakes another thread
    static constexpr std::array kChanging{
        SYS_mkdirat, SYS_renameat, SYS_renameat2, SYS_unlinkat,
#ifdef SYS_unlink  // newer kinds of processors have only those that end in -at
        SYS_mkdir, SYS_rename, SYS_unlink,
#endif
    };
    return std::ranges::find(kChanging, static_cast<long>(number)) != kChanging.end();
  }

  Steps steps_;
  bool changes_ = false;
};

}  // namespace

bool killed_at(std::size_t n, const std::function<void()>& work, Steps steps) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
    ADD_FAILURE() << "a process of one's own cannot be traced here";
    return false;
  }
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  constexpr int kSystemCall = SIGTRAP | 0x80;
  CallWatch watch(steps);
  std::size_t count = 0;
  int signal_to_pass = 0;
  while (true) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, signal_to_pass);
    if (::waitpid(child, &status, 0) != child) return false;
    if (!WIFSTOPPED(status)) {
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the process ended by itself, status " << status;
      return false;
    }
    const int stopped_by = WSTOPSIG(status);
    signal_to_pass = stopped_by == kSystemCall ? 0 : stopped_by;
    if (stopped_by != kSystemCall || !watch.is_step(child) || ++count < n) continue;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return true;
  }
}

}  // namespace mimir::oauth::testing
