#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <mimir/codec/result.hpp>
#include <mockoauth/server/http.hpp>

namespace mockoauth::wire {

struct ListenerOptions {
  std::string host = "127.0.0.1";  ///< `127.0.0.1` or `[::1]`; anything else is the caller's deliberate choice.
  std::uint16_t port = 0;          ///< 0: any free port.
  int threads = 2;
  std::size_t origin = 0;          ///< Which of the server's origins this is: HttpRequest::origin of what arrives.
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_body_bytes = 1024 * 1024;
  std::chrono::milliseconds request_timeout{30'000};  ///< From the first byte of a request to its last.
  std::chrono::milliseconds idle_timeout{75'000};     ///< Between requests.
};

/// An HTTP/1.1 listener on Pistache with our own framing. Serves from start() to stop() or destruction.
class Listener {
 public:
  /// Called on worker threads, several at once.
  using Handler = std::function<server::HttpResponse(server::HttpRequest)>;

  /// Binds first, so that the port is known before `handler` is needed. Fails with `listen.port_in_use` (naming the
  /// holder where it can be told) or `listen.failed`.
  static mimir::codec::Result<std::unique_ptr<Listener>> bind(ListenerOptions options);
  virtual ~Listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::string origin() const = 0;  ///< `http://127.0.0.1:4321`
  virtual void start(Handler handler) = 0;
  /// Lets running answers finish (at most 500 ms), closes every connection. Idempotent.
  virtual void stop() = 0;
};

/// `process 4321 (python3)` for the holder of a listening TCP port, or empty when it cannot be told.
[[nodiscard]] std::string describe_port_holder(std::uint16_t port);

}  // namespace mockoauth::wire
