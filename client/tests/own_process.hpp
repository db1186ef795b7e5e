#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mimir::oauth::testing {

/// A system call that the kernel refuses with `error`, as a full, broken or strange disk would.
struct FailingCall {
  long number = 0;
  int error = 0;
  /// Only calls of which this argument (from 0) has one of these bits set; of every one when there are none.
  unsigned argument = 0;
  unsigned bits = 0;
  /// Only calls with this descriptor as their first argument.
  int descriptor = -1;
};

/// What `work` says in a process of its own, in which these calls fail (seccomp: nothing of the program is replaced).
/// At most 4 KiB; `(crashed)` when it did not end by itself.
std::string said_by_own_process(const std::function<std::string()>& work, const std::vector<FailingCall>& failing = {});

}  // namespace mimir::oauth::testing
