#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

/// How much of one request is read before it is refused.
struct FramingLimits {
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_body_bytes = 1024 * 1024;
};

/// Takes the bytes of one connection apart into HTTP/1.1 requests (RFC 9112), whatever the steps they arrive in.
/// Holds no socket and no clock. Not thread-safe: one connection, one Framing, one thread at a time.
class Framing {
 public:
  enum class Outcome {
    NeedMore,  ///< Feed more bytes and ask again.
    Continue,  ///< The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1); ask again after it.
    Request,   ///< One complete request.
    Refused,   ///< Bad framing. Answer `status`, then close: where the next request starts is unknown. Final.
  };

  struct Step {
    Outcome outcome = Outcome::NeedMore;
    server::HttpRequest request = {};  ///< Set for Request.
    bool keep_alive = true;            ///< Set for Request: whether the client lets the connection stay open.
    int status = 0;                    ///< Set for Refused.
    std::string why = {};              ///< Set for Refused: one sentence with the clause. Quotes nothing received.
  };

  explicit Framing(FramingLimits limits);
  ~Framing();
  Framing(const Framing&) = delete;
  Framing& operator=(const Framing&) = delete;

  void feed(std::string_view bytes);
  [[nodiscard]] Step next();

  /// Whether a request has begun and not ended; between requests an idle limit applies, within one a shorter one.
  [[nodiscard]] bool mid_request() const;

 private:
  class Parser;

  void begin_request();
  [[nodiscard]] Step parse();
  [[nodiscard]] Step judge_header();
  [[nodiscard]] Step take_request();
  [[nodiscard]] Step refuse(int status, std::string why);

  FramingLimits limits_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;           ///< Received, not yet consumed by the parser.
  std::string raw_;               ///< Consumed bytes of the request under way.
  std::size_t fresh_ = 0;         ///< How many bytes at the end of pending_ came with the last feed().
  std::size_t empty_lines_ = 0;   ///< Before the request line.
  bool refused_ = false;
  bool header_judged_ = false;
  bool continue_told_ = false;
};

}  // namespace mockoauth::wire
