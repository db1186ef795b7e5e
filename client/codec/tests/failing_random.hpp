#pragma once

#include <mimir/codec/random.hpp>

namespace mimir::codec::testing {

/// A machine without entropy.
class FailingRandom final : public Random {
 public:
  Result<> fill(std::span<std::uint8_t>) override { return fail("random.unavailable", "no entropy in this test"); }
};

}  // namespace mimir::codec::testing
