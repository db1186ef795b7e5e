#pragma once

#include <gmock/gmock.h>

#include <mimir/codec/clock.hpp>

namespace mimir::codec::testing {

/// A clock whose every reading the test states. Where only the time matters, ManualClock is simpler.
class MockClock : public Clock {
 public:
  MOCK_METHOD(TimePoint, now, (), (const, override));
};

}  // namespace mimir::codec::testing
