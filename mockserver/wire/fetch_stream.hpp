#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mimir/codec/url.hpp>
#include <netinet/in.h>

namespace mockoauth::wire {

/// An address and port to connect to.
struct Endpoint {
  sockaddr_storage address = {};
  socklen_t size = 0;
};

using Deadline = std::chrono::steady_clock::time_point;

/// Looks a host up, at the latest until the deadline. Loopback names are never asked of a name server (RFC 6761 §6.3).
/// Errors: `fetch.failed`, `fetch.timeout`.
[[nodiscard]] mimir::codec::Result<std::vector<Endpoint>> look_up(const mimir::codec::Url& url, Deadline deadline);

/// Bytes to and from a server, in the clear or over TLS, every wait bounded by one deadline. For one thread.
/// Errors: `fetch.failed` with what went wrong, `fetch.timeout`.
class FetchStream {
 public:
  virtual ~FetchStream() = default;

  /// Connects to the first of the endpoints that takes the connection.
  [[nodiscard]] static mimir::codec::Result<std::unique_ptr<FetchStream>> connect(const mimir::codec::Url& url,
                                                                                 const std::vector<Endpoint>& endpoints,
                                                                                 Deadline deadline);
  virtual mimir::codec::Result<> write(std::string_view bytes) = 0;
  /// @returns what came; nothing at the end of the stream.
  virtual mimir::codec::Result<std::string> read() = 0;
};

}  // namespace mockoauth::wire
