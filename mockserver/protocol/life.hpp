#pragma once

#include <atomic>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

/// Whether a realm's provider is up, by its own clock. Thread-safe.
class Life {
 public:
  void down_until(mimir::codec::TimePoint when) { up_at_ = when.time_since_epoch().count(); }
  [[nodiscard]] bool is_down(mimir::codec::TimePoint now) const { return now.time_since_epoch().count() < up_at_.load(); }
  void clear() { up_at_ = kAlways; }

 private:
  using Count = mimir::codec::TimePoint::rep;
  static constexpr Count kAlways = mimir::codec::TimePoint::min().time_since_epoch().count();
  std::atomic<Count> up_at_ = kAlways;
};

}  // namespace mockoauth::server
