#pragma once

#include <string_view>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// JSON that must not be stored (RFC 6749 §5.1, RFC 6750 §5.3).
[[nodiscard]] HttpResponse json_answer(int status, const mimir::codec::Json& body);

/// Success or failure of the token endpoint and its like, in the knob `response.format` and `response.content_type`.
[[nodiscard]] HttpResponse data_answer(const Call& call, int status, const mimir::codec::Json& body);

/// 303 to a redirection URI with parameters appended to the query that it has (RFC 6749 §3.1.2, RFC 9700 §4.12).
[[nodiscard]] HttpResponse redirect_answer(std::string_view uri, const mimir::codec::Parameters& parameters);

/// An HTML page for a person. Not framed, not cached, leaks no address (RFC 9700 §4.2.4, §4.16). Text is escaped here.
[[nodiscard]] HttpResponse page_answer(int status, std::string_view title, std::string_view text,
                                       std::string_view small);

/// The same around HTML that is right already, forms included.
[[nodiscard]] HttpResponse html_answer(int status, std::string_view title, std::string_view inner_html);

[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace mockoauth::server
