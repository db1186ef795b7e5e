// The three forms of RFC 9110 §5.6.7, whatever the time zone and locale of the machine (CH-TM-05).
#include "internal/http_date.hpp"

#include <clocale>
#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

using namespace std::chrono;

constexpr TimePoint kMoment{sys_days(year(1994) / November / 6) + hours(8) + minutes(49) + seconds(37)};
constexpr TimePoint kNow{sys_days(year(2026) / November / 26)};

class HttpDate : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ::setenv("TZ", GetParam(), 1);
    ::tzset();
    for (const auto* locale : {"de_DE.UTF-8", "C.UTF-8"}) {
      if (std::setlocale(LC_ALL, locale) != nullptr) break;
    }
  }
  void TearDown() override {
    ::unsetenv("TZ");
    ::tzset();
    std::setlocale(LC_ALL, "C");
  }
};

TEST_P(HttpDate, EachFormIsTheSameMomentEverywhere) {
  for (const auto* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_http_date(text, kNow), kMoment) << text;
  }
}

TEST_P(HttpDate, TheHourThatADaylightSavingTimeSkipsIsThere) {
  EXPECT_EQ(parse_http_date("Sun, 29 Mar 2026 02:30:00 GMT", kNow),
            TimePoint(sys_days(year(2026) / March / 29) + hours(2) + minutes(30)));
}

TEST_P(HttpDate, NonsenseIsNoDate) {
  for (const auto* text : {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 25:49:37 GMT", "So, 06 Dez 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
                           "Sun, 257 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text, kNow), std::nullopt) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(TimeZones, HttpDate,
                         ::testing::Values("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "<x>-14"));

}  // namespace
}  // namespace mimir::oauth::internal
