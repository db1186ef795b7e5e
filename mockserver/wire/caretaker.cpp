#include "wire/caretaker.hpp"

#include "wire/connection.hpp"

#include <algorithm>
#include <cstdint>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mockoauth::wire {

Caretaker::~Caretaker() {
  stop();
  if (event_ >= 0) ::close(event_);
}

bool Caretaker::start() {
  event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event_ < 0) return false;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Caretaker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  signal();
  if (thread_.joinable()) thread_.join();
}

void Caretaker::add(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  open_[connection.get()] = connection;
}

void Caretaker::remove(const Connection* connection) {
  {
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
  }
  changed_.notify_all();
}

std::vector<std::shared_ptr<Connection>> Caretaker::connections() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> alive;
  alive.reserve(open_.size());
  std::erase_if(open_, [&](const auto& entry) {
    auto connection = entry.second.lock();
    if (!connection) return true;
    alive.push_back(std::move(connection));
    return false;
  });
  return alive;
}

void Caretaker::no_later_than(Clock::time_point when) {
  if (when >= wake_at_.load()) return;
  {
    const std::lock_guard lock(mutex_);
    if (when >= wake_at_.load()) return;
    wake_at_ = when;
  }
  signal();
}

void Caretaker::wake() { no_later_than(Clock::time_point::min()); }

void Caretaker::changed() {
  // Taking the lock orders the change before the check of a waiter that is about to sleep.
  { const std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

void Caretaker::wait_until_all(const std::function<bool(Connection&)>& done, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (Clock::now() < deadline) {
    const auto alive = connections();
    if (std::all_of(alive.begin(), alive.end(), [&](const auto& connection) { return done(*connection); })) return;
    std::unique_lock lock(mutex_);
    // Bounded as well: a connection that goes away without a word (see Caretaker::connections) notifies nobody.
    changed_.wait_until(lock, std::min(deadline, Clock::now() + std::chrono::milliseconds(5)));
  }
}

void Caretaker::signal() const {
  const std::uint64_t one = 1;
  // EAGAIN means that the counter is set already, which is all that is wanted.
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Caretaker::run() {
  std::vector<pollfd> watched;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      // From here on a request for an earlier look signals again, so that none is lost during this one.
      wake_at_ = Clock::time_point::max();
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(event_, &count, sizeof count);

    watched.assign(1, pollfd{event_, POLLIN, 0});
    auto next = Clock::time_point::max();
    const auto now = Clock::now();
    for (const auto& connection : connections()) {
      const auto wish = connection->attend(now);
      next = std::min(next, wish.look_again);
      if (wish.writable_fd >= 0) watched.push_back(pollfd{wish.writable_fd, POLLOUT, 0});
    }
    {
      const std::lock_guard lock(mutex_);
      next = std::min(wake_at_.load(), next);
      wake_at_ = next;
    }
    int timeout = -1;
    if (next != Clock::time_point::max()) {
      const auto left = next <= now ? Clock::duration::zero() : next - now;
      const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
      timeout = static_cast<int>(std::min<std::int64_t>(whole, 60'000));
    }
    // A descriptor may be closed and given away meanwhile: that costs one needless look, nothing is sent on its word.
    ::poll(watched.data(), watched.size(), timeout);
  }
}

}  // namespace mockoauth::wire
