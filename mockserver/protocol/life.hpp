#pragma once

#include <chrono>
#include <mutex>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

/// Whether a realm's provider is up, and how slow it still is, by its own clock. Thread-safe.
class Life {
 public:
  using TimePoint = mimir::codec::TimePoint;

  void down_until(TimePoint when);
  void go_up();
  [[nodiscard]] bool is_down(TimePoint now) const;

  /// Answers are late by `most` at first and by less and less until so much of the realm's time is over. It begins now or,
  /// where the provider is down, when it is up again.
  void start_slowly(TimePoint now, std::chrono::milliseconds most, std::chrono::seconds during);
  /// Of an answer that is made now, in real time.
  [[nodiscard]] std::chrono::milliseconds lateness(TimePoint now) const;

  void clear();  ///< Up, and not slow.

 private:
  mutable std::mutex mutex_;
  TimePoint up_at_ = TimePoint::min();
  TimePoint slow_since_ = {};
  std::chrono::milliseconds slow_for_{0};
  std::chrono::milliseconds most_late_{0};
};

}  // namespace mockoauth::server
