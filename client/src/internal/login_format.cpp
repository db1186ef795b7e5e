#include "internal/login_format.hpp"

#include <algorithm>
#include <ctime>

#include "internal/wipe_json.hpp"

namespace mimir::oauth::internal {

std::optional<TimePoint> parse_utc(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  std::int64_t milliseconds = 0;
  if (*rest == '.') {
    int scale = 100;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, scale /= 10) milliseconds += (*rest - '0') * scale;
  }
  if (std::string_view(rest) != "Z") return std::nullopt;
  return TimePoint(std::chrono::milliseconds(std::int64_t{::timegm(&parts)} * 1000 + milliseconds));
}

std::optional<TimePoint> time_of(const codec::Json& value) {
  constexpr std::int64_t kFar = 253'402'300'799'000;  // the end of the year 9999
  if (const auto* text = value.as_string()) return parse_utc(*text);
  const auto number = value.as_int();
  if (!number || *number < 0 || *number > kFar) return std::nullopt;
  return TimePoint(std::chrono::milliseconds(*number));
}

std::optional<std::vector<std::string>> scopes_of(const codec::Json& value) {
  std::vector<std::string> scopes;
  if (const auto* text = value.as_string()) {
    for (std::size_t at = 0; at < text->size();) {
      const auto end = std::min(text->find(' ', at), text->size());
      if (end > at) scopes.push_back(text->substr(at, end - at));
      at = end + 1;
    }
    return scopes;
  }
  if (!value.is_array()) return std::nullopt;
  for (const auto& item : *value.as_array()) {
    if (!item.is_string()) return std::nullopt;
    scopes.push_back(*item.as_string());
  }
  return scopes;
}

std::optional<std::vector<OldLogin>> read_old_logins(std::string_view text) {
  static const LoginFormats formats = [] {
    LoginFormats all;
    register_all_login_formats(all);
    return all;
  }();
  auto document = codec::Json::parse(text);
  const WipedAtEnd wiped(document);
  if (!document || !document->is_object()) return std::nullopt;
  for (const auto& format : formats.all()) {
    if (format.is_it(*document)) return format.read(*document);
  }
  return std::nullopt;
}

}  // namespace mimir::oauth::internal
