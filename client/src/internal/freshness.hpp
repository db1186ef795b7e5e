#pragma once

#include <chrono>

#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// How long a document that was fetched is used: from `since` until `until`, and not when the clock was set back before.
struct Freshness {
  TimePoint since;
  TimePoint until;

  [[nodiscard]] bool covers(TimePoint now) const { return now >= since && now < until; }
};

/// What Cache-Control and Age say (RFC 9111 §5.2.2, §5.1): a day at most, so that no cache in between keeps an old document
/// alive; a minute at least, since one login reads it several times; an hour when nothing is said (OIDC Core §10.1.1).
[[nodiscard]] Freshness freshness_of(const HttpResponse& response, TimePoint now);

}  // namespace mimir::oauth::internal
