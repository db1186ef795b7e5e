#include <mockoauth/server/virtual_clock.hpp>

namespace mockoauth::server {

TimePoint VirtualClock::now() const {
  const std::lock_guard lock(mutex_);
  return frozen_ ? *frozen_ : base_.now() + offset_;
}

void VirtualClock::advance(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  if (frozen_) {
    *frozen_ += by;
  } else {
    offset_ += by;
  }
}

void VirtualClock::freeze() {
  const std::lock_guard lock(mutex_);
  if (!frozen_) frozen_ = base_.now() + offset_;
}

void VirtualClock::resume() {
  const std::lock_guard lock(mutex_);
  if (!frozen_) return;
  offset_ = *frozen_ - base_.now();
  frozen_.reset();
}

}  // namespace mockoauth::server
