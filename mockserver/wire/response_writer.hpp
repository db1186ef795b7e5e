#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

/// What the writer must know besides the response.
struct ReplyFrame {
  bool head = false;   ///< The request was HEAD: the length is told, the body is not sent (RFC 9110 §9.3.2).
  bool close = false;  ///< The connection is closed after this reply.
  /// Fields in the place of Content-Length, whatever they say of the body; null: the true one.
  const server::Headers* framing = nullptr;
};

/// The bytes of a reply. Framing fields (Content-Length, Transfer-Encoding, Connection) are this function's: those of
/// `response` are left out. A name that is no token is left out, a value is cut to one line, so that no value can add
/// a field or a second reply (RFC 9110 §5.5). `now` gives the Date unless the response has one.
[[nodiscard]] std::string write_response(const server::HttpResponse& response, ReplyFrame frame, std::time_t now);

/// Whether the response itself asks for the connection to be closed.
[[nodiscard]] bool asks_for_close(const server::HttpResponse& response);

/// The reply to bytes that are no request: plain text, and why.
[[nodiscard]] server::HttpResponse refusal_response(int status, std::string_view why);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
[[nodiscard]] std::string http_date(std::time_t when);

}  // namespace mockoauth::wire
