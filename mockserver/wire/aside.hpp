#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace mockoauth::wire {

/// Threads for calls that wait for a test, one each, so that no worker is kept by them. Thread-safe.
class Aside {
 public:
  /// Calls at once; a server that is asked for more refuses them, rather than run out of threads.
  static constexpr std::size_t kMost = 512;

  Aside() = default;
  ~Aside() { wait(); }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  /// @param call must not throw. @returns false when it was not begun: too many run, or the system has no thread left.
  [[nodiscard]] bool run(std::function<void()> call);
  /// Until all that were begun are done, and their threads gone.
  void wait();

 private:
  void join_finished();

  std::mutex mutex_;
  std::condition_variable done_;
  std::list<std::thread> running_;
  std::list<std::thread> finished_;  ///< Past their call; to be joined.
};

}  // namespace mockoauth::wire
