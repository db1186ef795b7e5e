#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include <mimir/codec/clock.hpp>

#include "protocol/bounded_map.hpp"

namespace mockoauth::server {

/// Slows whoever guesses: ten wrong answers are free, then one every six seconds of virtual time (RFC 6749 §2.3.1,
/// RFC 8628 §5.1). Thread-safe.
class GuessLimit {
 public:
  /// How long this guesser has to wait; nothing: it may try.
  [[nodiscard]] std::optional<std::chrono::seconds> wait(const std::string& guesser, mimir::codec::TimePoint now);
  void failed(const std::string& guesser, mimir::codec::TimePoint now);
  void clear() {
    const std::lock_guard lock(mutex_);
    forgiven_at_ = decltype(forgiven_at_){10'000};
  }

 private:
  std::mutex mutex_;
  BoundedMap<mimir::codec::TimePoint> forgiven_at_{10'000};  ///< When the last failure no longer counts.
};

}  // namespace mockoauth::server
