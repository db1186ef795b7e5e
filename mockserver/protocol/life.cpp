#include "protocol/life.hpp"

#include <algorithm>

namespace mockoauth::server {

void Life::down_until(TimePoint when) {
  const std::lock_guard lock(mutex_);
  up_at_ = when;
}

void Life::go_up() { down_until(TimePoint::min()); }

bool Life::is_down(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  return now < up_at_;
}

void Life::start_slowly(TimePoint now, std::chrono::milliseconds most, std::chrono::seconds during) {
  const std::lock_guard lock(mutex_);
  slow_since_ = std::max(now, up_at_);
  slow_for_ = during;
  most_late_ = most;
}

std::chrono::milliseconds Life::lateness(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  if (most_late_.count() == 0 || now < slow_since_ || now >= slow_since_ + slow_for_) return {};
  // At most ten minutes by at most four months, in milliseconds: far from overflow.
  return most_late_ * (slow_since_ + slow_for_ - now).count() / slow_for_.count();
}

void Life::clear() {
  const std::lock_guard lock(mutex_);
  up_at_ = TimePoint::min();
  most_late_ = {};
}

}  // namespace mockoauth::server
