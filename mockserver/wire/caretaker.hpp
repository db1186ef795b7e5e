#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace mockoauth::wire {

class Connection;

/// The open connections of one listener, and the one thread that watches their time limits and sends what a socket
/// did not take at once. Workers never wait for either. Thread-safe.
class Caretaker {
 public:
  using Clock = std::chrono::steady_clock;

  Caretaker() = default;
  ~Caretaker();
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

  /// False when the system has no descriptor or thread left.
  [[nodiscard]] bool start();
  void stop();

  void add(const std::shared_ptr<Connection>& connection);
  void remove(const Connection* connection);
  [[nodiscard]] std::vector<std::shared_ptr<Connection>> connections();

  /// Looks at the connections at that time, if not earlier.
  void no_later_than(Clock::time_point when);
  /// Looks at them now: one has output to send.
  void wake();

  /// Waits until `done` holds for every open connection (with none open it holds), at most `limit`.
  void wait_until_all(const std::function<bool(Connection&)>& done, std::chrono::milliseconds limit);
  /// A connection changed in a way that wait_until_all() may be waiting for.
  void changed();

 private:
  void run();
  void signal() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> open_;
  /// Written under mutex_, read without it: each request asks for a look that is later than the one planned.
  std::atomic<Clock::time_point> wake_at_ = Clock::time_point::max();
  bool stopping_ = false;
  int event_ = -1;
  std::thread thread_;
};

}  // namespace mockoauth::wire
