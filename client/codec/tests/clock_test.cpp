#include <mimir/codec/clock.hpp>

#include <gtest/gtest.h>

#include <mimir/codec/testing/mock_clock.hpp>

namespace mimir::codec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(TimePoint(seconds(1000)));
  EXPECT_EQ(clock.now(), TimePoint(seconds(1000)));

  clock.advance(milliseconds(1500));
  EXPECT_EQ(clock.now(), TimePoint(milliseconds(1'001'500)));

  clock.set(TimePoint(seconds(5)));
  EXPECT_EQ(clock.now(), TimePoint(seconds(5)));
}

TEST(SystemClock, ReadsTheSameLineAsTheSystem) {
  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());

  const TimePoint now = SystemClock().now();

  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

// The date of RFC 9110 §5.6.7's own example.
TEST(Clock, FormatsTheExampleOfRfc9110) {
  testing::MockClock clock;
  EXPECT_CALL(clock, now).Times(2).WillRepeatedly(::testing::Return(TimePoint(milliseconds(784'111'777'999))));

  EXPECT_EQ(format_http_date(clock.now()), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_iso8601(clock.now()), "1994-11-06T08:49:37Z");
}

TEST(Clock, FormatsTimesBeforeTheEpochAndLeapDays) {
  EXPECT_EQ(format_iso8601(TimePoint(milliseconds(-1))), "1969-12-31T23:59:59Z");
  EXPECT_EQ(format_iso8601(TimePoint(seconds(1'709'164'800))), "2024-02-29T00:00:00Z");
}

}  // namespace
}  // namespace mimir::codec
