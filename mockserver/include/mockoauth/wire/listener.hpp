#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <mimir/codec/result.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/welcome.hpp>
#include <mockoauth/wire/tls_authority.hpp>

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
  std::shared_ptr<TlsAuthority> tls = {};             ///< Serves https; null: http.
};

/// Who decides about requests and connections. Called on worker threads, several at once; none may throw but `handler`.
struct ListenerCalls {
  std::function<server::HttpResponse(server::HttpRequest)> handler;
  /// Whether the handler may have to wait over this request. Then a thread of its own calls it, and other connections
  /// are served on. Null: it never has.
  std::function<bool(const server::HttpRequest&)> may_block = {};
  /// How a connection is met when it has come, and again at its ClientHello. Null: as it should be.
  std::function<server::Welcome(const server::Arrival&)> welcome = {};
};

/// An HTTP/1.1 listener on Pistache with our own framing. Serves from start() to stop() or destruction.
class Listener {
 public:
  /// Binds first, so that the port is known before anything else is needed. Fails with `listen.port_in_use` (naming the
  /// holder where it can be told) or `listen.failed`.
  static mimir::codec::Result<std::unique_ptr<Listener>> bind(ListenerOptions options);
  virtual ~Listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::string origin() const = 0;  ///< `http://127.0.0.1:4321`, or with https
  virtual void start(ListenerCalls calls) = 0;
  void start(std::function<server::HttpResponse(server::HttpRequest)> handler) { start(ListenerCalls{std::move(handler)}); }
  /// Lets running answers finish (at most 500 ms), closes every connection. Whatever a handler waits for has to be over
  /// by then: it returns when the last one has. Idempotent.
  virtual void stop() = 0;
};

/// `process 4321 (python3)` for the holder of a listening TCP port, or empty when it cannot be told.
[[nodiscard]] std::string describe_port_holder(std::uint16_t port);

}  // namespace mockoauth::wire
