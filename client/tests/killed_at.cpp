#include "killed_at.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace mimir::oauth::testing {

bool killed_at(std::size_t n, const std::function<void()>& work) {
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
    if (stopped_by != kSystemCall || ++count < n) continue;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return true;
  }
}

}  // namespace mimir::oauth::testing
