#include "caretaker.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace mockoauth::wire {
namespace {

constexpr SteadyTime::rep kNeverPlanned = SteadyTime::max().time_since_epoch().count();

// Rounded up: waking a moment before a deadline would only mean to wait again.
int poll_timeout(SteadyTime deadline, SteadyTime now) {
  if (deadline == SteadyTime::max()) return -1;
  if (deadline <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, 60'000));
}

}  // namespace

Caretaker::Caretaker()
    : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), planned_(kNeverPlanned), thread_([this] { run(); }) {}

Caretaker::~Caretaker() {
  stop_ = true;
  wake_for(SteadyTime::min());
  thread_.join();
  ::close(wake_fd_);
}

void Caretaker::add(std::shared_ptr<Connection> connection) {
  bool late = false;
  {
    const std::lock_guard lock(mutex_);
    late = ended_;
    connections_.insert(connection);
  }
  if (late) connection->shut_down();
  // Its first deadline was set before it was in the list.
  wake_for(SteadyTime::min());
}

void Caretaker::remove(const std::shared_ptr<Connection>& connection) {
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection);
  }
  changed_.notify_all();
}

void Caretaker::wake_for(SteadyTime deadline) {
  if (deadline.time_since_epoch().count() >= planned_.load()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

std::vector<std::shared_ptr<Connection>> Caretaker::snapshot() {
  const std::lock_guard lock(mutex_);
  return {connections_.begin(), connections_.end()};
}

void Caretaker::run() {
  while (!stop_) {
    // Whoever changes a deadline from here on finds a plan that is later than its own, and wakes us.
    planned_ = kNeverPlanned;
    SteadyTime next = SteadyTime::max();
    std::vector<pollfd> waits{{wake_fd_, POLLIN, 0}};
    const auto now = std::chrono::steady_clock::now();
    for (const auto& connection : snapshot()) {
      const auto care = connection->tend(now);
      next = std::min(next, care.deadline);
      if (care.writable_fd >= 0) waits.push_back({care.writable_fd, POLLOUT, 0});
    }
    planned_ = next.time_since_epoch().count();
    changed_.notify_all();
    ::poll(waits.data(), waits.size(), poll_timeout(next, std::chrono::steady_clock::now()));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wake_fd_, &count, sizeof count);
  }
}

void Caretaker::wait_until_quiet(std::chrono::milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  const auto any_busy = [&] {
    const auto all = snapshot();
    return std::any_of(all.begin(), all.end(), [](const auto& connection) { return connection->busy(); });
  };
  while (any_busy() && std::chrono::steady_clock::now() < end) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(2));
  }
}

void Caretaker::end_all(std::chrono::milliseconds within) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  for (const auto& connection : snapshot()) connection->shut_down();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, within, [&] { return connections_.empty(); });
}

}  // namespace mockoauth::wire
