// A realm's own time.
#include <limits>
#include <thread>

#include <mockoauth/server/virtual_clock.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

struct Clocks {
  mimir::codec::ManualClock base{TimePoint(1'800'000'000'000ms)};
  VirtualClock clock{base};
};

TEST(VirtualClockRate, RunsFasterSlowerAndNotAtAll) {
  Clocks c;
  c.clock.run_at(60);
  c.base.advance(1s);
  EXPECT_EQ(c.clock.offset(), 59s);
  c.clock.run_at(0.5);
  c.base.advance(10s);
  EXPECT_EQ(c.clock.offset(), 54s);
  c.clock.run_at(0);
  c.base.advance(54s);
  EXPECT_EQ(c.clock.offset(), 0s);
  c.clock.run_at(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(c.clock.rate(), 1);
  c.clock.run_at(-3);
  EXPECT_EQ(c.clock.rate(), 0);
}

TEST(VirtualClockRate, SurvivesAFreeze) {
  Clocks c;
  c.clock.run_at(2);
  c.clock.freeze();
  EXPECT_TRUE(c.clock.frozen());
  c.base.advance(1h);
  c.clock.resume();
  c.base.advance(1s);
  EXPECT_EQ(c.clock.now(), TimePoint(1'800'000'002'000ms));
}

TEST(VirtualClockMoves, ToATimeAndByAnOffset) {
  Clocks c;
  c.clock.advance_to(TimePoint(1'900'000'000'000ms));
  c.base.advance(1s);
  EXPECT_EQ(c.clock.now(), TimePoint(1'900'000'001'000ms));
  c.clock.set_offset(-30s);
  EXPECT_EQ(c.clock.now(), c.base.now() - 30s);
  c.clock.freeze();
  c.clock.advance_to(TimePoint(5'000ms));
  c.base.advance(1h);
  EXPECT_EQ(c.clock.now(), TimePoint(5'000ms));
}

TEST(VirtualClockMoves, NeverOutOfTheCalendar) {
  Clocks c;
  for (const auto by : {std::chrono::milliseconds::max(), std::chrono::milliseconds::max()}) c.clock.advance(by);
  EXPECT_EQ(mimir::codec::format_http_date(c.clock.now()), "Fri, 31 Dec 9999 23:59:59 GMT");
  c.clock.run_at(1e300);
  c.base.advance(24h);
  EXPECT_EQ(mimir::codec::format_iso8601(c.clock.now()), "9999-12-31T23:59:59Z");
  for (const auto by : {std::chrono::milliseconds::min(), std::chrono::milliseconds::min()}) c.clock.advance(by);
  EXPECT_EQ(c.clock.now().time_since_epoch(), 0ms);
}

TEST(VirtualClockThreads, NeverRunsBackwards) {
  Clocks c;
  std::thread mover([&] {
    for (int i = 0; i < 1'000; ++i) c.clock.advance(1ms);
  });
  auto last = c.clock.now();
  for (int i = 0; i < 1'000; ++i) {
    const auto now = c.clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
  mover.join();
  EXPECT_EQ(c.clock.offset(), 1s);
}

}  // namespace
}  // namespace mockoauth::server::testing
