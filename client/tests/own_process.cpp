#include "own_process.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mimir::oauth::testing {
namespace {

constexpr std::size_t kMaxSaid = 4096;
constexpr int kNotInstalled = 3;

constexpr std::uint32_t low_word_of_argument(unsigned index) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + index * sizeof(std::uint64_t));  // little endian
}

/// Each condition that does not hold goes to the next call.
void add_rule(std::vector<sock_filter>& program, const FailingCall& call) {
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  const unsigned char left = static_cast<unsigned char>((call.bits != 0 ? 2 : 0) + (call.descriptor >= 0 ? 2 : 0) + 1);
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call.number), 0, left));
  if (call.bits != 0) {
    const unsigned char rest = call.descriptor >= 0 ? 3 : 1;
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low_word_of_argument(call.argument)));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, call.bits, 0, rest));
  }
  if (call.descriptor >= 0) {
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low_word_of_argument(0)));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call.descriptor), 0, 1));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(call.error)));
}

bool install(const std::vector<FailingCall>& failing) {
  if (failing.empty()) return true;
  std::vector<sock_filter> program;
  for (const auto& call : failing) add_rule(program, call);
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

std::string said_by_own_process(const std::function<std::string()>& work, const std::vector<FailingCall>& failing) {
  // Memory and no pipe: write may be among what fails.
  void* const shared = ::mmap(nullptr, kMaxSaid, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return "(no memory)";
  const pid_t child = ::fork();
  if (child == 0) {
    if (!install(failing)) ::_exit(kNotInstalled);
    const std::string text = work();
    std::memcpy(shared, text.data(), std::min(text.size(), kMaxSaid - 1));
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  std::string said(static_cast<const char*>(shared));
  ::munmap(shared, kMaxSaid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled) return "(calls cannot be made to fail here)";
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? said : "(crashed)";
}

}  // namespace mimir::oauth::testing
