#include <mockoauth/server/journal.hpp>

#include <utility>

#include "protocol/packed_exchange.hpp"

namespace mockoauth::server {

void Journal::add(const Exchange& exchange) {
  // What fell out last while this thread added something. To free what another thread has allocated makes both wait.
  thread_local std::string spare;
  auto packed = pack(exchange, std::exchange(spare, {}));
  std::vector<std::string> dropped;  // Destroyed after the lock is released.
  const std::lock_guard lock(mutex_);
  set_number(packed, next_++);
  ++changes_;
  if (waiting_ > 0) changed_.notify_all();
  if (limits_.exchanges == 0 || packed.size() > limits_.bytes) {
    ++dropped_;
    return;
  }
  bytes_ += packed.size();
  ring_.push_back(std::move(packed));
  while (ring_.size() > limits_.exchanges || bytes_ > limits_.bytes) {
    bytes_ -= ring_.front().size();
    dropped.push_back(std::move(ring_.front()));
    ring_.pop_front();
    ++dropped_;
  }
  if (!dropped.empty()) spare = std::move(dropped.back());
}

std::vector<Exchange> Journal::exchanges() const { return since(0); }

std::vector<Exchange> Journal::since(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  std::vector<Exchange> found;
  for (const auto& packed : ring_) {
    if (number_of(packed) > number) found.push_back(unpack(packed));
  }
  return found;
}

std::uint64_t Journal::last_number() const {
  const std::lock_guard lock(mutex_);
  return next_ - 1;
}

std::uint64_t Journal::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::size_t Journal::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void Journal::clear() {
  const std::lock_guard lock(mutex_);
  ring_.clear();
  next_ = 1;
  dropped_ = 0;
  bytes_ = 0;
  ++changes_;
  changed_.notify_all();
}

std::uint64_t Journal::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

bool Journal::await_change(std::uint64_t seen, std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.wait_until(lock, deadline, [&] { return changes_ != seen || is_closed_; });
  --waiting_;
  return changes_ != seen;
}

void Journal::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

bool Journal::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

}  // namespace mockoauth::server
