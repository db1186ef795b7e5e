#pragma once

#include <mimir/codec/url.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// What may be sent at all, whichever library sends it.
///
/// https, or http to loopback (RFC 6749 §3.1.2.1, §3.2); no user information; method and header names are tokens, header
/// values hold no control byte (RFC 9110 §5.5), so that nothing can be smuggled into the request.
/// @returns the URL taken apart. Errors: `http.url_refused`, `http.insecure_url`, `http.header_refused` (Misconfigured).
Result<codec::Url> check_request(const HttpRequest& request);
/// The same for the URL alone.
Result<codec::Url> check_url(const std::string& url);

/// Whether a redirect may be followed to there: the rules of check_url(), and never from https to http.
/// `http.redirect_refused` (ProviderBroken) otherwise.
Result<codec::Url> check_redirect(const codec::Url& from, const std::string& to);

/// Headers that must stay with the origin they were meant for (CH-NT-04).
[[nodiscard]] bool is_bound_to_origin(std::string_view header_name);

}  // namespace mimir::oauth::internal
