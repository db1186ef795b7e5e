#include "wire/fetch_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mockoauth::wire {
namespace {

using mimir::codec::fail;
using mimir::codec::Result;
using mimir::codec::Url;
using Clock = std::chrono::steady_clock;

tl::unexpected<mimir::codec::Error> timed_out() { return fail("fetch.timeout", "there is no answer in time"); }

tl::unexpected<mimir::codec::Error> failed(int number) {
  return fail("fetch.failed", std::generic_category().message(number));
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

/// Waits until the descriptor is ready for `events`.
Result<> wait(int fd, short events, Deadline deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return timed_out();
    pollfd item{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&item, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(errno);
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<Descriptor> connect_to(const Endpoint& endpoint, Deadline deadline) {
  Descriptor socket(::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return failed(errno);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.size) == 0) return socket;
  if (errno != EINPROGRESS) return failed(errno);
  if (auto ready = wait(socket.get(), POLLOUT, deadline); !ready) return tl::unexpected(ready.error());
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return failed(error);
  return socket;
}

class ClearStream final : public FetchStream {
 public:
  ClearStream(Descriptor socket, Deadline deadline) : socket_(std::move(socket)), deadline_(deadline) {}

  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        if (auto ready = wait(socket_.get(), POLLOUT, deadline_); !ready) return ready;
      } else if (errno != EINTR) {
        return failed(errno);
      }
    }
    return {};
  }

  Result<std::string> read() override {
    std::array<char, 16 * 1024> buffer{};
    while (true) {
      const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (got >= 0) return std::string(buffer.data(), static_cast<std::size_t>(got));
      if (errno == EAGAIN) {
        if (auto ready = wait(socket_.get(), POLLIN, deadline_); !ready) return tl::unexpected(ready.error());
      } else if (errno != EINTR) {
        return failed(errno);
      }
    }
  }

 private:
  Descriptor socket_;
  Deadline deadline_;
};

/// OpenSSL writes to a socket without MSG_NOSIGNAL: while this lives, a peer that has gone costs this thread an error and
/// not the process its life.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigemptyset(&pending);
    ::sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
  ~NoBrokenPipe() {
    constexpr timespec kNow{};
    while (!was_pending_ && ::sigtimedwait(&pipe_, nullptr, &kNow) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

struct FreeTls {
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};

class TlsStream final : public FetchStream {
 public:
  static Result<std::unique_ptr<FetchStream>> shake_hands(Descriptor socket, const Url& url, Deadline deadline) {
    auto stream = std::unique_ptr<TlsStream>(new TlsStream(std::move(socket), deadline));
    stream->context_.reset(::SSL_CTX_new(::TLS_client_method()));
    if (!stream->context_ || ::SSL_CTX_set_default_verify_paths(stream->context_.get()) != 1) {
      return fail("fetch.failed", "TLS cannot be set up");
    }
    ::SSL_CTX_set_verify(stream->context_.get(), SSL_VERIFY_PEER, nullptr);
    stream->ssl_.reset(::SSL_new(stream->context_.get()));
    if (!stream->ssl_ || ::SSL_set_fd(stream->ssl_.get(), stream->socket_.get()) != 1) {
      return fail("fetch.failed", "TLS cannot be set up");
    }
    if (!stream->expect(without_brackets(url.host()))) return fail("fetch.failed", "the host's name cannot be checked");
    if (auto done = stream->work([&] { return ::SSL_connect(stream->ssl_.get()); }); !done) {
      return tl::unexpected(done.error());
    }
    return stream;
  }

  Result<> write(std::string_view bytes) override {
    std::size_t sent = 0;
    while (!bytes.empty()) {
      auto done = work([&] { return ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent); });
      if (!done) return tl::unexpected(done.error());
      bytes.remove_prefix(sent);
    }
    return {};
  }

  Result<std::string> read() override {
    std::array<char, 16 * 1024> buffer{};
    std::size_t got = 0;
    auto done = work([&] { return ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got); });
    if (!done) return tl::unexpected(done.error());
    return std::string(buffer.data(), *done == Ended::Yes ? 0 : got);
  }

 private:
  enum class Ended { No, Yes };

  TlsStream(Descriptor socket, Deadline deadline) : socket_(std::move(socket)), deadline_(deadline) {}

  /// The certificate has to be for this host (RFC 9110 §4.3.4).
  [[nodiscard]] bool expect(std::string host) {
    in6_addr any{};
    if (::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1) {
      // RFC 6066 §3: an address literal is no server name.
      return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_.get()), host.c_str()) == 1;
    }
    // SSL_set_tlsext_host_name is a macro with an old-style cast in it.
    return ::SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1 &&
           ::SSL_set1_host(ssl_.get(), host.c_str()) == 1;
  }

  template <class Step>
  Result<Ended> work(Step step) {
    const NoBrokenPipe no_broken_pipe;
    while (true) {
      ::ERR_clear_error();
      const int result = step();
      if (result > 0) return Ended::No;
      switch (::SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
          if (auto ready = wait(socket_.get(), POLLIN, deadline_); !ready) return tl::unexpected(ready.error());
          break;
        case SSL_ERROR_WANT_WRITE:
          if (auto ready = wait(socket_.get(), POLLOUT, deadline_); !ready) return tl::unexpected(ready.error());
          break;
        case SSL_ERROR_ZERO_RETURN: return Ended::Yes;
        default: return why();
      }
    }
  }

  [[nodiscard]] tl::unexpected<mimir::codec::Error> why() const {
    if (const auto verified = ::SSL_get_verify_result(ssl_.get()); verified != X509_V_OK) {
      return fail("fetch.failed", std::string("its certificate: ") + ::X509_verify_cert_error_string(verified));
    }
    const char* reason = ::ERR_reason_error_string(::ERR_peek_error());
    return fail("fetch.failed", std::string("TLS: ") + (reason == nullptr ? "the connection ended" : reason));
  }

  Descriptor socket_;
  Deadline deadline_;
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> ssl_;
};

Endpoint loopback(int family, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.address.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET) {
    auto* address = reinterpret_cast<sockaddr_in*>(&endpoint.address);
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->sin_port = htons(port);
    endpoint.size = sizeof(sockaddr_in);
  } else {
    auto* address = reinterpret_cast<sockaddr_in6*>(&endpoint.address);
    address->sin6_addr = in6addr_loopback;
    address->sin6_port = htons(port);
    endpoint.size = sizeof(sockaddr_in6);
  }
  return endpoint;
}

/// A look-up that may outlive whoever asked for it: the system's has no deadline.
struct LookUp {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  int error = 0;
  std::vector<Endpoint> found;
};

void run(const std::shared_ptr<LookUp>& look_up, const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  const std::lock_guard lock(look_up->mutex);
  look_up->error = error;
  for (const addrinfo* item = error == 0 ? list : nullptr; item != nullptr; item = item->ai_next) {
    Endpoint endpoint;
    std::memcpy(&endpoint.address, item->ai_addr, item->ai_addrlen);
    endpoint.size = item->ai_addrlen;
    look_up->found.push_back(endpoint);
  }
  if (error == 0) ::freeaddrinfo(list);
  look_up->done = true;
  look_up->changed.notify_all();
}

}  // namespace

Result<std::vector<Endpoint>> look_up(const Url& url, Deadline deadline) {
  if (url.is_localhost()) return std::vector{loopback(AF_INET, url.port()), loopback(AF_INET6, url.port())};
  const auto state = std::make_shared<LookUp>();
  try {
    std::thread(run, state, without_brackets(url.host()), std::to_string(url.port())).detach();
  } catch (const std::system_error& error) {
    return fail("fetch.failed", error.code().message());
  }
  std::unique_lock lock(state->mutex);
  if (!state->changed.wait_until(lock, deadline, [&] { return state->done; })) return timed_out();
  if (state->error != 0) return fail("fetch.failed", ::gai_strerror(state->error));
  return state->found;
}

Result<std::unique_ptr<FetchStream>> FetchStream::connect(const Url& url, const std::vector<Endpoint>& endpoints,
                                                          Deadline deadline) {
  auto why = fail("fetch.failed", "there is no address to connect to");
  for (const auto& endpoint : endpoints) {
    auto socket = connect_to(endpoint, deadline);
    if (!socket) {
      why = tl::unexpected(socket.error());
      continue;
    }
    if (url.is_https()) return TlsStream::shake_hands(std::move(*socket), url, deadline);
    return std::make_unique<ClearStream>(std::move(*socket), deadline);
  }
  return why;
}

}  // namespace mockoauth::wire
