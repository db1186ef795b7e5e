#pragma once

#include <mutex>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth::testing {

/// Waiting that moves a manual clock instead of sleeping, and remembers how long each wait was. Thread-safe.
class VirtualWaiter final : public Waiter {
 public:
  explicit VirtualWaiter(codec::ManualClock& clock) : clock_(clock) {}
  void wait(std::chrono::milliseconds time, std::stop_token) override {
    const std::lock_guard lock(mutex_);
    pauses_.push_back(time);
    clock_.advance(time);
  }
  [[nodiscard]] std::vector<std::chrono::milliseconds> pauses() const {
    const std::lock_guard lock(mutex_);
    return pauses_;
  }
  /// In whole seconds.
  [[nodiscard]] std::vector<std::chrono::seconds> waits() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::chrono::seconds> waits;
    for (const auto pause : pauses_) waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(pause));
    return waits;
  }

 private:
  codec::ManualClock& clock_;
  mutable std::mutex mutex_;
  std::vector<std::chrono::milliseconds> pauses_;
};

}  // namespace mimir::oauth::testing
