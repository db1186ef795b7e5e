#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

struct HeaderFlaw {
  int status = 400;
  std::string why;
};

/// What RFC 9112 makes a server refuse in a header that parses; `raw` are its bytes with the request line.
[[nodiscard]] std::optional<HeaderFlaw> find_header_flaw(const server::HttpRequest& request, std::string_view raw);

/// `/a?b` for `http://host/a?b` (RFC 9112 §3.2.2: the absolute form must be accepted); other targets unchanged.
[[nodiscard]] std::string origin_form(std::string_view target);

/// RFC 9112 §9.3. An HTTP/1.0 connection is always closed.
[[nodiscard]] bool wants_keep_alive(const server::HttpRequest& request);

/// Whether a comma-separated field, all its lines together, lists `token` (compared without case).
[[nodiscard]] bool lists_token(const server::Headers& headers, std::string_view name, std::string_view token);

/// ASCII comparison without case.
[[nodiscard]] bool same_text(std::string_view a, std::string_view b);

}  // namespace mockoauth::wire
