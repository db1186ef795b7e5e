#include <mimir/codec/clock.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace mimir::codec {
namespace {

std::tm utc(TimePoint time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

void append_two_digits(std::string& text, int number) {
  text.push_back(static_cast<char>('0' + number / 10 % 10));
  text.push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

TimePoint SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string format_iso8601(TimePoint time) {
  const std::tm parts = utc(time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

// By hand: each answer of a server has such a date, and through tm and snprintf it is a tenth of the answer's time.
std::string format_http_date(TimePoint time) {
  // strftime would use the locale's names; RFC 9110 §5.6.7 fixes the English ones.
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time_of_day(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto year = static_cast<int>(date.year());
  std::string text;
  text.reserve(32);
  text.append(kDays[std::chrono::weekday(day).c_encoding()]).append(", ");
  append_two_digits(text, static_cast<int>(static_cast<unsigned>(date.day())));
  text.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  append_two_digits(text, year / 100);
  append_two_digits(text, year % 100);
  text.push_back(' ');
  append_two_digits(text, static_cast<int>(time_of_day.hours().count()));
  text.push_back(':');
  append_two_digits(text, static_cast<int>(time_of_day.minutes().count()));
  text.push_back(':');
  append_two_digits(text, static_cast<int>(time_of_day.seconds().count()));
  return text.append(" GMT");
}

}  // namespace mimir::codec
