#pragma once

#include <string>

#include <sys/socket.h>

namespace mimir::oauth::internal {

/// An address that means something else in each network, and to which a stranger has no business sending us (RFC 9728
/// §7.7): loopback, private, link-local, unspecified, multicast; anything that is neither IPv4 nor IPv6.
[[nodiscard]] bool is_internal_address(const sockaddr& address);

/// The same of the host of a URL as far as it is an address itself, or could be read as one (`0x7f.1`). A name is not;
/// only connecting shows where it leads.
[[nodiscard]] bool is_internal_literal(std::string host);

}  // namespace mimir::oauth::internal
