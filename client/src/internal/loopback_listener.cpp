#include "internal/loopback_listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "internal/errno_text.hpp"
#include "internal/port_holder.hpp"

namespace mimir::oauth::internal {
namespace {

constexpr int kAttemptsForAFreePort = 32;

enum class Family { V4, V6 };

struct Bound {
  UniqueFd socket;
  std::uint16_t port = 0;
  int error = 0;  // errno of the step that failed
};

socklen_t loopback_address(Family family, std::uint16_t port, sockaddr_storage& storage) {
  storage = {};
  if (family == Family::V4) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof(address);
  }
  auto& address = reinterpret_cast<sockaddr_in6&>(storage);
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  return sizeof(address);
}

Bound bind_one(Family family, std::uint16_t port, SocketCalls& system) {
  UniqueFd socket(system.socket(family == Family::V4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return {.error = errno};

  const int on = 1;
  // On Linux this only lets a port be used again whose old connections are in TIME_WAIT, as after the last login.
  // Never SO_REUSEPORT: a second process could share the port (CH-CB-06).
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (family == Family::V6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));

  sockaddr_storage address{};
  socklen_t size = loopback_address(family, port, address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (system.bind(socket.get(), *generic, size) != 0 || ::listen(socket.get(), SOMAXCONN) != 0 ||
      ::getsockname(socket.get(), generic, &size) != 0) {
    return {.error = errno};
  }
  const in_port_t real_port = family == Family::V4 ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                                   : reinterpret_cast<sockaddr_in6&>(address).sin6_port;
  return {.socket = std::move(socket), .port = ntohs(real_port)};
}

/// The machine has no such family; the other one is enough (CH-CB-26).
bool is_missing_family(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

/// Reserved by the system looks like taken to a user, and the way out is the same (CH-CB-03).
bool is_taken(int error) { return error == EADDRINUSE || error == EACCES || error == EPERM; }

struct Attempt {
  LoopbackListener listener;
  int error = 0;
};

/// All families on one port; with port 0 the first one chooses.
Attempt listen_on(const std::vector<Family>& families, std::uint16_t port, SocketCalls& system) {
  Attempt attempt;
  attempt.listener.port = port;
  int missing = 0;
  for (const Family family : families) {
    Bound bound = bind_one(family, attempt.listener.port, system);
    if (is_missing_family(bound.error)) {
      missing = bound.error;
      continue;
    }
    if (bound.error != 0) return {.error = bound.error};
    attempt.listener.port = bound.port;
    attempt.listener.sockets.push_back(std::move(bound.socket));
  }
  if (attempt.listener.sockets.empty()) attempt.error = missing;
  return attempt;
}

Error no_loopback(int error) {
  return {.category = Category::LocalEnvironment,
          .code = "callback.no_loopback",
          .message = "Cannot listen on the loopback interface: " + errno_text(error) + ".",
          .hint = "Check that the loopback interface is up and that this program may open sockets."};
}

Error ports_taken(const std::vector<std::uint16_t>& ports, int last_error) {
  std::string list;
  for (const auto port : ports) {
    if (!list.empty()) list += ", ";
    list += std::to_string(port);
    const std::string holder = describe_port_holder(port);
    if (!holder.empty()) list += " is held by " + holder;
  }
  std::string message = ports.size() == 1 ? "The port for the login's answer is taken: " + list
                                          : "All ports for the login's answer are taken: " + list;
  if (last_error == EACCES || last_error == EPERM) message += " (the system reserves it)";
  return {.category = Category::LocalEnvironment,
          .code = "callback.port_in_use",
          .message = message + ".",
          .hint = "End the program that holds it, or use a redirect URI without a port if the provider allows any.",
          .spec = "RFC 8252 §7.3"};
}

Error bad_redirect_uri(const std::string& why) {
  return {.category = Category::Misconfigured,
          .code = "callback.redirect_uri",
          .message = "Cannot listen for this redirect URI: " + why + ".",
          .hint = "Use http://127.0.0.1/..., http://[::1]/... or http://localhost/... as registered.",
          .spec = "RFC 8252 §7.3"};
}

}  // namespace

int SocketCalls::socket(int family, int type) { return ::socket(family, type, 0); }
int SocketCalls::bind(int fd, const sockaddr& address, socklen_t size) { return ::bind(fd, &address, size); }

Result<LoopbackListener> listen_on_loopback(const codec::Url& redirect_uri,
                                            const std::vector<std::uint16_t>& alternative_ports, SocketCalls&& system) {
  if (redirect_uri.is_https()) return fail(bad_redirect_uri("its scheme is https, the listener speaks http"));
  if (redirect_uri.fragment()) return fail(bad_redirect_uri("it has a fragment (RFC 6749 §3.1.2)"));
  std::vector<Family> families;
  if (redirect_uri.is_localhost()) {
    families = {Family::V4, Family::V6};
  } else if (redirect_uri.host() == "127.0.0.1") {
    families = {Family::V4};
  } else if (redirect_uri.host() == "[::1]") {
    families = {Family::V6};
  } else {
    return fail(bad_redirect_uri("its host is neither 127.0.0.1 nor [::1] nor localhost"));
  }

  const std::uint16_t wanted = redirect_uri.explicit_port().value_or(0);
  int error = 0;
  if (wanted == 0) {
    for (int i = 0; i < kAttemptsForAFreePort; ++i) {
      Attempt attempt = listen_on(families, 0, system);
      if (attempt.error == 0) return std::move(attempt.listener);
      error = attempt.error;
      if (error != EADDRINUSE) break;  // in use: somebody holds the port that was free in the first family
    }
    return fail(no_loopback(error));
  }

  std::vector<std::uint16_t> ports = {wanted};
  ports.insert(ports.end(), alternative_ports.begin(), alternative_ports.end());
  for (const auto port : ports) {
    Attempt attempt = listen_on(families, port, system);
    if (attempt.error == 0) return std::move(attempt.listener);
    error = attempt.error;
    if (!is_taken(error)) return fail(no_loopback(error));
  }
  return fail(ports_taken(ports, error));
}

}  // namespace mimir::oauth::internal
