#include <internal/freshness.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include <internal/ascii.hpp>

namespace mimir::oauth::internal {
namespace {

using Span = std::chrono::seconds;

constexpr Span kUnsaid = std::chrono::hours(1);
constexpr Span kAtLeast = std::chrono::minutes(1);
constexpr Span kAtMost = std::chrono::hours(24);

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// RFC 9111 §1.2.2: digits; what is larger than can be represented means very long.
std::optional<Span> delta_seconds(std::string_view text) {
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"')) text = text.substr(1, text.size() - 2);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return kAtMost;
  return Span(std::min<std::int64_t>(value, kAtMost.count()));
}

/// Of several that disagree the shorter one counts.
std::optional<Span> stated_lifetime(const HttpResponse& response) {
  std::optional<Span> shortest;
  const auto take = [&shortest](Span value) { shortest = shortest ? std::min(*shortest, value) : value; };
  for (const auto& field : response.all("Cache-Control")) {
    for (std::string_view rest = field; !rest.empty();) {
      const auto comma = rest.find(',');
      const auto directive = without_blanks(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      const auto equals = directive.find('=');
      const auto name = directive.substr(0, equals);
      if (equal_ignoring_case(name, "no-store") || equal_ignoring_case(name, "no-cache")) take(Span(0));
      if (!equal_ignoring_case(name, "max-age") || equals == std::string_view::npos) continue;
      take(delta_seconds(directive.substr(equals + 1)).value_or(Span(0)));  // §4.2.1: nonsense is stale
    }
  }
  return shortest;
}

}  // namespace

Freshness freshness_of(const HttpResponse& response, TimePoint now) {
  auto lifetime = stated_lifetime(response);
  if (lifetime) {
    const auto age = response.header("Age");
    *lifetime -= age ? delta_seconds(without_blanks(*age)).value_or(Span(0)) : Span(0);
  }
  return {.since = now, .until = now + std::clamp(lifetime.value_or(kUnsaid), kAtLeast, kAtMost)};
}

}  // namespace mimir::oauth::internal
