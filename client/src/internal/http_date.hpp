#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// Reads the three forms of RFC 9110 §5.6.7 (IMF-fixdate, RFC 850, asctime), whatever the locale and time zone.
[[nodiscard]] std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now);

/// How long the server asks us to wait (RFC 9110 §10.2.3), as seconds or as a date; a date is judged against the
/// answer's own Date where it has one, so that a wrong local clock does not matter. Nothing when absent or nonsense;
/// never more than an hour.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, TimePoint now);

}  // namespace mimir::oauth::internal
