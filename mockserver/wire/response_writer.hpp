#pragma once

#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

/// What the response answers, as far as its bytes depend on that.
struct ResponseContext {
  bool is_head = false;     ///< No body, whatever its length (RFC 9110 §9.3.2).
  bool keep_alive = true;   ///< What the client allows.
  std::string_view date;    ///< For the Date header, unless the response has one.
};

struct ResponseBytes {
  std::string bytes;
  bool close = false;  ///< The connection ends after them.
};

/// A response as HTTP/1.1 bytes (RFC 9112). Headers that the response has are sent as they are, even wrong ones: a wrong
/// Content-Length is a fault somebody asked for. CR, LF and NUL in them become spaces (RFC 9110 §5.5).
ResponseBytes write_response(const server::HttpResponse& response, const ResponseContext& context);

/// The short answer to bytes that are no acceptable request; the connection ends after it.
std::string write_refusal(int status, std::string_view reason, std::string_view date);

}  // namespace mockoauth::wire
