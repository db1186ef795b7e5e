#pragma once

#include <cstdint>
#include <span>

#include <gmock/gmock.h>

#include <mimir/codec/random.hpp>

namespace mimir::codec::testing {

/// A random source whose every answer the test states, failures included. SeededRandom is simpler where any bytes do.
class MockRandom : public Random {
 public:
  MOCK_METHOD(Result<>, fill, (std::span<std::uint8_t> out), (override));
};

}  // namespace mimir::codec::testing
