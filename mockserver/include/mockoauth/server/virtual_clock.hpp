#pragma once

#include <chrono>
#include <mutex>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

using mimir::codec::Clock;
using mimir::codec::TimePoint;

/// A realm's time: that of a base clock plus an offset, at its own rate, or frozen. Everything that expires obeys it.
/// Stays between 1970 and the end of the year 9999, beyond which a Date header has no form (RFC 9110 §5.6.7).
/// Thread-safe.
class VirtualClock final : public Clock {
 public:
  /// @param base must outlive this clock.
  explicit VirtualClock(const Clock& base) : base_(base), base_since_(base.now()), since_(base_since_) {}
  [[nodiscard]] TimePoint now() const override;

  void advance(std::chrono::milliseconds by);  ///< Negative: back. Works when frozen, too.
  void advance_to(TimePoint when);             ///< Goes on from there; an earlier time is allowed.
  void freeze();                               ///< Stands still at now().
  void resume();                               ///< Runs on from where it stood, at the rate from before.
  /// Differs from the base clock by this much from now on, at the rate of the base clock.
  void set_offset(std::chrono::milliseconds offset);
  /// `rate` seconds pass for each of the base clock, from now on; ends a freeze. At least 0, at most a million.
  void run_at(double rate);

  [[nodiscard]] bool frozen() const;
  [[nodiscard]] double rate() const;
  [[nodiscard]] std::chrono::milliseconds offset() const;  ///< How far it is ahead of the base clock now.

 private:
  [[nodiscard]] TimePoint now_locked() const;
  void settle_locked(TimePoint when);

  const Clock& base_;
  mutable std::mutex mutex_;
  TimePoint base_since_;  ///< Base time at which this clock showed `since_`.
  TimePoint since_;
  double rate_ = 1;
  bool frozen_ = false;
};

}  // namespace mockoauth::server
