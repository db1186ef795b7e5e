#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// A call that waits at a latch.
struct ParkedCall {
  std::uint64_t number = 0;  ///< Of the latch, from 1, in the order of arrival.
  std::string endpoint = {};
  std::string grant_type = {};
  std::string client_id = {};
};

/// A latch as it stands at a moment.
struct LatchState {
  std::string name;
  std::vector<ParkedCall> parked;  ///< In the order of arrival; those that are released but wait for their turn, too.
  std::uint64_t arrived = 0;
  std::uint64_t released = 0;   ///< By release().
  std::uint64_t forgotten = 0;  ///< Let go because their time was over, or the realm's.
};

/// Where calls of one realm are held (fault `hold`) until a test lets them go, so that a race has one outcome. A latch
/// is there from the first time that its name is used. Thread-safe.
class Latches {
 public:
  /// Held calls that a realm may have; further ones are not held and count as forgotten.
  static constexpr std::size_t kMost = 256;

  /// Waits until at least `count` calls are parked, at most `limit` of real time. @returns whether they are.
  [[nodiscard]] bool await(const std::string& name, std::size_t count, std::chrono::milliseconds limit);
  /// Lets these calls go, one after the other: each is answered before the next goes on. Empty: all that are parked, in
  /// the order of arrival. Fails with `latch.call` when one of them is not parked there; then none is let go.
  /// @returns how many.
  mimir::codec::Result<std::size_t> release(const std::string& name, const std::vector<std::uint64_t>& order = {});
  [[nodiscard]] std::vector<LatchState> states() const;  ///< By name.
  /// Lets everything go, and from now on holds nothing: a realm ends. Idempotent.
  void close();
  void reopen();  ///< Forgets what was; for Realm::reset.

  /// How long a call is held at most.
  struct Limits {
    std::chrono::milliseconds real{30'000};
    std::optional<mimir::codec::TimePoint> until = {};  ///< Of `clock`.
    const mimir::codec::Clock* clock = nullptr;
  };
  /// The engine's side: blocks until the call is let go. @returns its number, for finished(); 0: it was not held.
  std::uint64_t park(const std::string& name, ParkedCall call, const Limits& limits);
  /// The call is answered, or waits elsewhere: the next one may go on.
  void finished(const std::string& name, std::uint64_t number);

 private:
  struct Latch {
    std::vector<ParkedCall> parked;
    std::deque<std::uint64_t> going;          ///< Released; the first one goes on when `running` is answered.
    std::optional<std::uint64_t> running;
    std::uint64_t arrived = 0;
    std::uint64_t released = 0;
    std::uint64_t forgotten = 0;
  };

  bool wait_locked(std::unique_lock<std::mutex>& lock, const Limits& limits, const std::function<bool()>& done);
  void pump_locked(Latch& latch);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Latch> latches_;
  std::size_t parked_ = 0;
  bool closed_ = false;
};

}  // namespace mockoauth::server
