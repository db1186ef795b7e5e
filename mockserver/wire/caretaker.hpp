#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

#include "connection.hpp"

namespace mockoauth::wire {

/// The live connections of a listener and the one thread that watches their deadlines and sends what did not fit into a
/// socket's buffer. Thread-safe.
class Caretaker {
 public:
  Caretaker();
  ~Caretaker();
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

  void add(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);

  /// Makes the thread look again if it meant to sleep beyond `deadline`. Does not block.
  void wake_for(SteadyTime deadline);

  /// Waits until no connection is busy, `within` at most.
  void wait_until_quiet(std::chrono::milliseconds within);
  /// Shuts every connection down and waits until all are gone, `within` at most.
  void end_all(std::chrono::milliseconds within);

 private:
  void run();
  std::vector<std::shared_ptr<Connection>> snapshot();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool ended_ = false;  ///< New ones are shut down at once.

  const int wake_fd_;
  std::atomic<SteadyTime::rep> planned_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace mockoauth::wire
