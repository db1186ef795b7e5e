#include <mockoauth/server/journal.hpp>

#include <algorithm>

namespace mockoauth::server {

void Journal::add(Exchange exchange) {
  const std::lock_guard lock(mutex_);
  exchange.number = next_++;
  if (capacity_ == 0) {
    ++dropped_;
    return;
  }
  if (ring_.size() >= capacity_) {
    ring_.pop_front();
    ++dropped_;
  }
  ring_.push_back(std::move(exchange));
}

std::vector<Exchange> Journal::exchanges() const { return since(0); }

std::vector<Exchange> Journal::since(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto first = std::find_if(ring_.begin(), ring_.end(), [&](const auto& e) { return e.number > number; });
  return {first, ring_.end()};
}

std::uint64_t Journal::last_number() const {
  const std::lock_guard lock(mutex_);
  return next_ - 1;
}

std::uint64_t Journal::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void Journal::clear() {
  const std::lock_guard lock(mutex_);
  ring_.clear();
  next_ = 1;
  dropped_ = 0;
}

}  // namespace mockoauth::server
