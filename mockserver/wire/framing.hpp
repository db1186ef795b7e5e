#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

struct FramingLimits {
  std::size_t max_header_bytes = 64 * 1024;  ///< Request line and header section together.
  std::size_t max_body_bytes = 1024 * 1024;  ///< After the chunks are joined.
};

/// Takes the requests of one connection out of a stream of bytes (RFC 9112). Not thread-safe; does no I/O; never throws
/// but for memory.
class Framer {
 public:
  enum class Event {
    NeedMore,      ///< Nothing to do until feed() brings more.
    SendContinue,  ///< The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    Request,       ///< take_request() has one.
    Refused,       ///< The bytes are no acceptable request; refusal() says why. Nothing follows on this connection.
  };

  /// Why the connection has to end.
  struct Refusal {
    int status = 400;
    std::string reason;
  };

  explicit Framer(FramingLimits limits);
  ~Framer();

  void feed(std::string_view bytes);
  /// What the bytes so far amount to. Call until it says NeedMore or Refused.
  [[nodiscard]] Event next();

  [[nodiscard]] server::HttpRequest take_request();
  /// Whether the client lets the connection live after the request that was taken last (RFC 9112 §9.3).
  [[nodiscard]] bool keep_alive() const;
  /// Whether a request has begun and is not complete.
  [[nodiscard]] bool mid_request() const;
  [[nodiscard]] const Refusal& refusal() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::wire
