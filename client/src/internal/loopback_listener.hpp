#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <vector>

#include <mimir/codec/url.hpp>
#include <mimir/oauth/error.hpp>

#include "internal/unique_fd.hpp"

namespace mimir::oauth::internal {

/// The two calls of the system that say which families and ports there are; each sets errno as the real one does.
class SocketCalls {
 public:
  virtual ~SocketCalls() = default;
  virtual int socket(int family, int type);
  virtual int bind(int fd, const sockaddr& address, socklen_t size);
};

/// Sockets that listen on loopback, all on one port.
struct LoopbackListener {
  std::vector<UniqueFd> sockets;  ///< Non-blocking, close-on-exec.
  std::uint16_t port = 0;
};

/// Binds and listens at once, so that nobody can slip in between looking up a port and using it (CH-CB-25).
///
/// Only literals of loopback are ever bound (RFC 8252 §8.3): that of the redirect URI, or both for `localhost`, since a
/// browser may try either first (CH-CB-04). No explicit port or 0 means any free one; otherwise that port, then the
/// alternatives. Errors: `callback.redirect_uri` (Misconfigured), `callback.port_in_use` and `callback.no_loopback`
/// (LocalEnvironment).
Result<LoopbackListener> listen_on_loopback(const codec::Url& redirect_uri,
                                            const std::vector<std::uint16_t>& alternative_ports,
                                            SocketCalls&& system = SocketCalls());

}  // namespace mimir::oauth::internal
