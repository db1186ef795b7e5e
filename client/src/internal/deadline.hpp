#pragma once

#include <algorithm>
#include <chrono>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// When a call must be over and who may end it sooner. Deadlines run on the monotonic clock, stored expiry on the
/// injected civil one: setting the machine's clock must neither hang nor abort a call.
class Deadline {
 public:
  Deadline(const CallOptions& options, std::chrono::milliseconds default_timeout)
      : stop_(options.stop), end_(std::chrono::steady_clock::now() + options.timeout.value_or(default_timeout)) {}

  [[nodiscard]] std::chrono::milliseconds remaining() const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }
  [[nodiscard]] std::chrono::milliseconds at_most(std::chrono::milliseconds limit) const {
    return std::min(limit, remaining());
  }
  [[nodiscard]] std::chrono::steady_clock::time_point end() const { return end_; }
  [[nodiscard]] const std::stop_token& stop() const { return stop_; }

  /// Cancelled when the caller asked to stop, TryLater when time is up.
  [[nodiscard]] Result<> check() const;

 private:
  std::stop_token stop_;
  std::chrono::steady_clock::time_point end_;
};

}  // namespace mimir::oauth::internal
