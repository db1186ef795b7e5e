#include <internal/http_date.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

namespace mimir::oauth::internal {
namespace {

constexpr std::chrono::seconds kLongestWait{3600};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  while (begin < text.size() && words.size() <= 6) {
    const auto end = std::min(text.find_first_of(" ,-", begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<unsigned> month_of(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hours = number(text.substr(0, 2));
  const auto minutes = number(text.substr(3, 2));
  const auto seconds = number(text.substr(6, 2));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

std::optional<TimePoint> assemble(std::optional<int> year, std::optional<unsigned> month, std::optional<int> day,
                                  std::optional<std::chrono::seconds> time) {
  if (!year || !month || !day || !time) return std::nullopt;
  if (*year > 9999 || *day > 31) return std::nullopt;  // the types of std::chrono would drop what is above 16 and 8 bits
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + *time;
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now) {
  const auto words = words_of(text);
  if (words.size() == 6 && words[5] == "GMT") {
    auto year = number(words[3]);
    if (year && words[3].size() == 2) {
      // RFC 9110 §5.6.7: a two-digit year more than 50 years ahead is in the past.
      const auto this_year =
          static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
      *year += this_year / 100 * 100;
      if (*year > this_year + 50) *year -= 100;
    }
    return assemble(year, month_of(words[2]), number(words[1]), time_of_day(words[4]));
  }
  if (words.size() == 5) {
    return assemble(number(words[4]), month_of(words[1]), number(words[2]), time_of_day(words[3]));
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, TimePoint now) {
  const auto value = response.header("Retry-After");
  if (!value || value->empty() || value->size() > 64) return std::nullopt;
  if (value->find_first_not_of("0123456789") == std::string::npos) {
    if (value->size() > 9) return kLongestWait;
    return std::min(kLongestWait, std::chrono::seconds(*number(*value)));
  }
  const auto until = parse_http_date(*value, now);
  if (!until) return std::nullopt;
  const auto date = response.header("Date");
  const auto server_now = date ? parse_http_date(*date, now) : std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*until - server_now.value_or(now));
  return std::clamp(wait, std::chrono::seconds(0), kLongestWait);
}

}  // namespace mimir::oauth::internal
