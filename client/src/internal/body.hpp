#pragma once

#include <cstddef>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// Whether an answer is a web page: a captive portal, a proxy or a login form in place of JSON.
[[nodiscard]] bool is_html(const HttpResponse& response);

/// The body as one JSON text; a byte-order mark is skipped (RFC 8259 §8.1 lets a reader do so).
[[nodiscard]] codec::Result<codec::Json> parse_json_body(const HttpResponse& response, std::size_t max_bytes);

/// The member unless it is absent or null: servers write both for "none".
[[nodiscard]] const codec::Json* present(const codec::Json& object, std::string_view name);

}  // namespace mimir::oauth::internal
