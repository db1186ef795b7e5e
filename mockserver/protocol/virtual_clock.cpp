#include <mockoauth/server/virtual_clock.hpp>

#include <algorithm>
#include <cmath>

namespace mockoauth::server {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kFirst{milliseconds(0)};
constexpr TimePoint kLast{milliseconds(253'402'300'799'000)};  // 9999-12-31T23:59:59Z
constexpr double kFastest = 1e6;

// Both are inside ±the range above times two, so that no sum of them overflows.
TimePoint moved(TimePoint from, milliseconds by) {
  const auto widest = kLast - kFirst;
  return std::clamp(from + std::clamp<milliseconds>(by, -widest, widest), kFirst, kLast);
}

}  // namespace

TimePoint VirtualClock::now_locked() const {
  if (frozen_) return since_;
  const auto passed = base_.now() - base_since_;
  if (rate_ == 1) return moved(since_, passed);
  const auto scaled = static_cast<double>(passed.count()) * rate_;
  const double limit = static_cast<double>((kLast - kFirst).count());
  return moved(since_, milliseconds(std::llround(std::clamp(scaled, -limit, limit))));
}

void VirtualClock::settle_locked(TimePoint when) {
  since_ = std::clamp(when, kFirst, kLast);
  base_since_ = base_.now();
}

TimePoint VirtualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_locked();
}

void VirtualClock::advance(milliseconds by) {
  const std::lock_guard lock(mutex_);
  settle_locked(moved(now_locked(), by));
}

void VirtualClock::advance_to(TimePoint when) {
  const std::lock_guard lock(mutex_);
  settle_locked(when);
}

void VirtualClock::freeze() {
  const std::lock_guard lock(mutex_);
  settle_locked(now_locked());
  frozen_ = true;
}

void VirtualClock::resume() {
  const std::lock_guard lock(mutex_);
  settle_locked(now_locked());
  frozen_ = false;
}

void VirtualClock::set_offset(milliseconds offset) {
  const std::lock_guard lock(mutex_);
  frozen_ = false;
  rate_ = 1;
  settle_locked(moved(base_.now(), offset));
}

void VirtualClock::run_at(double rate) {
  const std::lock_guard lock(mutex_);
  settle_locked(now_locked());
  frozen_ = false;
  rate_ = std::isnan(rate) ? 1 : std::clamp(rate, 0.0, kFastest);
}

bool VirtualClock::frozen() const {
  const std::lock_guard lock(mutex_);
  return frozen_;
}

double VirtualClock::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

milliseconds VirtualClock::offset() const {
  const std::lock_guard lock(mutex_);
  return now_locked() - base_.now();
}

}  // namespace mockoauth::server
