#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

using mimir::codec::Clock;
using mimir::codec::TimePoint;

/// A realm's time: that of a base clock plus an offset, or frozen. Everything that expires obeys it. Thread-safe.
class VirtualClock final : public Clock {
 public:
  /// @param base must outlive this clock.
  explicit VirtualClock(const Clock& base) : base_(base) {}
  [[nodiscard]] TimePoint now() const override;
  void advance(std::chrono::milliseconds by);
  void freeze();  ///< Stands still at now(); advance() still moves it.
  void resume();  ///< Runs on from where it stood.

 private:
  const Clock& base_;
  mutable std::mutex mutex_;
  std::chrono::milliseconds offset_{0};
  std::optional<TimePoint> frozen_;
};

}  // namespace mockoauth::server
