#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth {

/// What the callback listener needs to know about one login.
struct CallbackOptions {
  /// Redirect URI to listen for. Host `127.0.0.1`, `[::1]` or `localhost` (then both families on one port); a port of 0
  /// or none means any free port.
  std::string redirect_uri = "http://127.0.0.1/callback";
  std::vector<std::uint16_t> alternative_ports = {};  ///< Tried in order when the port of redirect_uri is taken.
  Secret state;  ///< A request with another state is answered 400, counted, and changes nothing (RFC 6749 §10.12).
};

/// An authorization response whose state matched (RFC 6749 §4.1.2): exactly one of code and error.
struct CallbackResult {
  std::optional<Secret> code = {};
  std::string error = {};              ///< Sanitised to RFC 6749 §4.1.2.1's characters.
  std::string error_description = {};  ///< The same.
  std::optional<std::string> iss = {};  ///< RFC 9207 §2.
  bool pasted = false;                  ///< A person pasted it; it did not come over the listener.
  std::size_t refused_requests = 0;     ///< How many requests did not belong to this login.
};

/// What a listener has seen besides while it waits.
struct CallbackProgress {
  std::size_t refused_requests = 0;  ///< That did not belong to this login.
  bool saw_tls = false;              ///< A browser spoke TLS to the listener, as in its HTTPS-only mode.

  [[nodiscard]] bool operator==(const CallbackProgress&) const = default;
};

/// What the page shown to the user says; the answer to the callback waits for it.
enum class PageOutcome { Success, Failure };

/// Receives one authorization response on loopback (RFC 8252 §7.3).
///
/// listen() → wait() → finish(). One login per object. Listening ends with finish() or destruction, whatever happened.
class CallbackReceiver {
 public:
  virtual ~CallbackReceiver() = default;
  /// Binds before the browser opens. @returns the redirect URI with its real port, to be used byte for byte from now on.
  /// `callback.port_in_use` when every allowed port is taken, naming the holder where it can be told.
  virtual Result<std::string> listen(const CallbackOptions& options) = 0;
  /// Blocks until a response with the right state came. `callback.timeout` (Cancelled) after the timeout; then it may be
  /// called again, and what came in between is not lost.
  /// `callback.ambiguous` (AttackSuspected) when a parameter came twice or code and error came together.
  virtual Result<CallbackResult> wait(std::chrono::milliseconds timeout, std::stop_token stop) = 0;
  /// May be called from any thread.
  [[nodiscard]] virtual CallbackProgress progress() const { return {}; }
  /// Answers the waiting browser truthfully and stops listening. Idempotent.
  virtual void finish(PageOutcome outcome) = 0;
};

/// Makes one receiver per login. Thread-safe.
class CallbackReceiverFactory {
 public:
  virtual ~CallbackReceiverFactory() = default;
  virtual std::unique_ptr<CallbackReceiver> create() = 0;
};

/// Real sockets: a poll loop on one thread of its own, loopback only, close-on-exec, 256 connections (a quarter of the process's
/// descriptors if that is less), 32 KiB a request.
std::unique_ptr<CallbackReceiverFactory> make_callback_server_factory();

}  // namespace mimir::oauth
