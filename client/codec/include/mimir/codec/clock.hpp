#pragma once

#include <atomic>
#include <chrono>
#include <string>

namespace mimir::codec {

/// A point on the civil (UTC) time line, to the millisecond.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where time comes from. Nothing in the project reads the system's clock except through this. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

/// A clock that stands still until it is moved. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] TimePoint now() const override { return TimePoint(std::chrono::milliseconds(now_.load())); }
  void set(TimePoint time) { now_.store(time.time_since_epoch().count()); }
  void advance(std::chrono::milliseconds by) { now_.fetch_add(by.count()); }

 private:
  std::atomic<std::chrono::milliseconds::rep> now_;
};

/// `2026-11-24T03:43:00Z`; milliseconds are cut.
[[nodiscard]] std::string format_iso8601(TimePoint time);
/// `Tue, 24 Nov 2026 03:43:00 GMT`, the form of the Date header (RFC 9110 §5.6.7).
[[nodiscard]] std::string format_http_date(TimePoint time);

}  // namespace mimir::codec
