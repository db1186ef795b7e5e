#include "raw_http.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace mockoauth::conformance::internal {
namespace {

using mimir::codec::fail;
using std::chrono::steady_clock;

constexpr std::size_t kMaxBytes = 4 * 1024 * 1024;

struct Socket {
  int fd = -1;
  Socket() = default;
  explicit Socket(int descriptor) : fd(descriptor) {}
  Socket(Socket&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd >= 0) ::close(fd);
  }
};

bool wait_for(int fd, short events, steady_clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now()).count();
  pollfd poller{fd, events, 0};
  return left > 0 && ::poll(&poller, 1, static_cast<int>(left)) == 1;
}

mimir::codec::Result<Socket> connect_to(const mimir::codec::Url& url, steady_clock::time_point end) {
  std::string host = url.host();
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(url.port()).c_str(), &hints, &found) != 0) {
    return fail("probe.resolve", "cannot resolve " + host);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  std::string why = "no address";
  for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
    Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.fd < 0) continue;
    int error = ::connect(socket.fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      socklen_t size = sizeof error;
      error = ETIMEDOUT;
      if (wait_for(socket.fd, POLLOUT, end)) ::getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return socket;
    why = std::strerror(error);
  }
  return fail("probe.connect", "cannot connect to " + url.authority() + ": " + why);
}

mimir::codec::Result<> send_all(int fd, std::string_view bytes, steady_clock::time_point end) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait_for(fd, POLLOUT, end)) {
      return fail("probe.send", "the connection broke while sending");
    }
  }
  return {};
}

// Until the peer closes: the request asks for that, and a truncated answer then shows itself as one.
mimir::codec::Result<std::string> receive_all(int fd, steady_clock::time_point end) {
  std::string bytes;
  char buffer[16 * 1024];
  while (true) {
    const auto got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got == 0) return bytes;
    if (got > 0) {
      bytes.append(buffer, static_cast<std::size_t>(got));
      if (bytes.size() > kMaxBytes) return fail("probe.too_large", "the answer is larger than 4 MiB");
    } else if (errno != EAGAIN) {
      if (!bytes.empty()) return bytes;
      return fail("probe.receive", std::string("the connection broke: ") + std::strerror(errno));
    } else if (!wait_for(fd, POLLIN, end)) {
      return fail("probe.timeout", "no answer in time");
    }
  }
}

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

std::string RawResponse::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !same_text(line.substr(0, colon), name)) continue;
    const auto start = line.find_first_not_of(" \t", colon + 1);
    if (start == std::string_view::npos) return {};
    return std::string(line.substr(start, line.find_last_not_of(" \t") - start + 1));
  }
  return {};
}

mimir::codec::Result<RawResponse> raw_get(const mimir::codec::Url& url, std::chrono::milliseconds deadline) {
  if (url.is_https()) return fail("probe.https", "the bench's browser walks plain http only: " + url.origin());
  const auto end = steady_clock::now() + deadline;
  auto socket = connect_to(url, end);
  if (!socket) return tl::unexpected(socket.error());
  const std::string request = "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.authority() +
                              "\r\nUser-Agent: mockoauth-browser\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
  if (auto sent = send_all(socket->fd, request, end); !sent) return tl::unexpected(sent.error());
  auto bytes = receive_all(socket->fd, end);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto split = bytes->find("\r\n\r\n");
  RawResponse response;
  if (split == std::string::npos || bytes->size() < 12 || !bytes->starts_with("HTTP/1.")) {
    return fail("probe.not_http", bytes->empty() ? "the connection was closed without an answer" : "the answer is not HTTP");
  }
  std::from_chars(bytes->data() + 9, bytes->data() + 12, response.status);
  response.head = bytes->substr(0, split);
  response.body = bytes->substr(split + 4);
  return response;
}

}  // namespace mockoauth::conformance::internal
