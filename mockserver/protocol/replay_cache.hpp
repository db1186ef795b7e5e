#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include <mimir/codec/clock.hpp>

#include "protocol/bounded_map.hpp"

namespace mockoauth::server {

/// What was seen once and must not come again while it is valid: `jti` of assertions (RFC 7523 §3) and of DPoP proofs
/// (RFC 9449 §11.1). Bounded: under a flood the oldest are forgotten first. Thread-safe.
class ReplayCache {
 public:
  /// @returns whether this is the first use. @param kind keeps name spaces apart: `dpop`, or `assertion` and the client.
  bool first_use(std::string_view kind, std::string_view id, mimir::codec::TimePoint valid_until,
                 mimir::codec::TimePoint now);
  void clear() {
    const std::lock_guard lock(mutex_);
    seen_ = decltype(seen_){10'000};
  }

 private:
  std::mutex mutex_;
  BoundedMap<mimir::codec::TimePoint> seen_{10'000};
};

}  // namespace mockoauth::server
