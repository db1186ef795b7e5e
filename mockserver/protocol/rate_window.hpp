#pragma once

#include <cstdint>
#include <mutex>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

/// Counts the requests of a realm in each hour of its own time, for rate-limit headers. It refuses nobody: that is what
/// a script decides. Thread-safe.
class RateWindow {
 public:
  static constexpr std::int64_t kLimit = 5000;
  static constexpr std::chrono::seconds kLength{3600};

  struct State {
    std::int64_t remaining;
    mimir::codec::TimePoint reset;  ///< When the next window begins.
  };

  State count(mimir::codec::TimePoint now) {
    const std::lock_guard lock(mutex_);
    if (now >= reset_ || now < reset_ - kLength) {
      reset_ = std::chrono::floor<std::chrono::hours>(now) + kLength;
      used_ = 0;
    }
    if (used_ < kLimit) ++used_;
    return {kLimit - used_, reset_};
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    reset_ = {};
  }

 private:
  std::mutex mutex_;
  mimir::codec::TimePoint reset_ = {};
  std::int64_t used_ = 0;
};

}  // namespace mockoauth::server
