#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/random.hpp>
#include <mimir/codec/secret.hpp>

namespace mimir::oauth {

using codec::Clock;
using codec::Random;
using codec::Secret;
using codec::SystemClock;
using codec::SystemRandom;
using codec::TimePoint;

/// How long a blocking call may take and who may end it sooner. A default-made one waits for the call's own default.
struct CallOptions {
  std::optional<std::chrono::milliseconds> timeout = {};  ///< Of the whole call, retries included.
  std::stop_token stop = {};                              ///< Requesting a stop wakes the call within 100 ms.
};

}  // namespace mimir::oauth
