#pragma once

#include <functional>

#include <internal/context.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// After which failures a request may be sent again without doing twice what it asks for.
enum class Repeat {
  Never,     ///< Somebody else waits and asks again.
  NotSent,   ///< It did not leave this machine: a code, an assertion or a device code may be spent once it has.
  Refused,   ///< Also when the server answered that it did nothing (429, 503); once when it or a gateway failed (500, 502,
             ///< 504), since it may have acted: a refresh token is shown twice at most (CH-RF-09).
  Lost,      ///< Also when the answer broke off: reading changes nothing (RFC 9110 §9.2.2).
};

/// What became of the attempts together.
struct RepeatedOutcome : HttpOutcome {
  bool acted_before = false;  ///< A server or gateway failed on an earlier attempt, and may have done what was asked.
};

/// Whether whoever answers this may have acted all the same: 500, 502 and 504 say nothing of it.
[[nodiscard]] constexpr bool may_have_acted(int status) { return status == 500 || status == 502 || status == 504; }

/// Sends with `send`, and again after a passing failure as far as `repeat` allows: ManagerOptions::send_attempts times in
/// all, with growing random pauses or the one that the server asks for, within the deadline. What times out is not repeated.
/// @returns the last outcome.
RepeatedOutcome send_patiently(const std::function<HttpOutcome()>& send, Repeat repeat, const Context& context);

/// A document to read, without secrets.
struct DocumentRequest {
  std::string url;
  std::string accept;          ///< Media types.
  std::size_t max_bytes = 0;
  int max_redirects = 0;
  bool outside_only = false;   ///< As in HttpRequest.
  bool newest = false;         ///< What caches on the way hold is too old (RFC 9111 §5.2.1.4).
};
HttpOutcome get_patiently(const DocumentRequest& document, const Context& context);

}  // namespace mimir::oauth::internal
