#pragma once

#include <cstdint>
#include <string>

namespace mockoauth::wire {

/// Ends the connections of this process whose own end is `port` on `address` (as getsockname tells it, without
/// brackets). Pistache leaves a socket open, without telling anybody, that it accepted in the moment of its shutdown;
/// its client would wait for ever. Only for a port that nobody listens on any more.
void shut_stray_sockets(const std::string& address, std::uint16_t port);

}  // namespace mockoauth::wire
