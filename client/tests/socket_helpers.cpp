#include "socket_helpers.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <mimir/codec/url.hpp>

namespace mimir::oauth::testing {
namespace {

struct Address {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  bool is_v6;

  Address(std::uint16_t port, bool use_v6) : is_v6(use_v6) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
  }
  sockaddr* get() { return is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4); }
  socklen_t size() const { return is_v6 ? sizeof(v6) : sizeof(v4); }
  std::uint16_t port() const { return ntohs(is_v6 ? v6.sin6_port : v4.sin_port); }
};

UniqueFd tcp(bool v6) { return UniqueFd(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

/// False at the deadline.
bool wait_readable(int fd, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd polled{.fd = fd, .events = POLLIN, .revents = 0};
  return left.count() > 0 && ::poll(&polled, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

UniqueFd connect_to(std::uint16_t port, bool v6) {
  UniqueFd socket = tcp(v6);
  Address address(port, v6);
  if (::connect(socket.get(), address.get(), address.size()) != 0) socket.reset();
  return socket;
}

UniqueFd listen_on(std::uint16_t& port, bool v6) {
  UniqueFd socket = tcp(v6);
  const int on = 1;
  if (v6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  Address address(port, v6);
  socklen_t size = address.size();
  if (::bind(socket.get(), address.get(), size) != 0 || ::listen(socket.get(), 64) != 0 ||
      ::getsockname(socket.get(), address.get(), &size) != 0) {
    socket.reset();
  }
  port = address.port();
  return socket;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string receive_all(int fd, std::chrono::milliseconds deadline) { return receive_until(fd, "", deadline); }

std::string receive_until(int fd, std::string_view until, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::string received;
  while (wait_readable(fd, end)) {
    char chunk[4096];
    const ssize_t got = ::recv(fd, chunk, sizeof(chunk), 0);
    if (got <= 0) break;
    received.append(chunk, static_cast<std::size_t>(got));
    if (!until.empty() && received.find(until) != std::string::npos) break;
  }
  return received;
}

bool is_closed_by_peer(int fd, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (wait_readable(fd, end)) {
    char chunk[4096];
    if (::recv(fd, chunk, sizeof(chunk), 0) <= 0) return true;
  }
  return false;
}

void reset_on_close(int fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

std::uint16_t port_of(std::string_view url) { return codec::Url::parse(url)->port(); }

}  // namespace mimir::oauth::testing
