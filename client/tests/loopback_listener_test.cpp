// Listening where the system has less to give than usual.
#include <internal/loopback_listener.hpp>

#include <netinet/in.h>
#include <sys/stat.h>

#include <cerrno>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

using ::testing::HasSubstr;

std::uint16_t port_of(const sockaddr& address) {
  return ntohs(address.sa_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

/// Fails with the errno that a function names; 0: does what is asked.
class FailingCalls final : public SocketCalls {
 public:
  std::function<int(int family)> no_socket = [](int) { return 0; };
  std::function<int(int family, std::uint16_t port)> no_bind = [](int, std::uint16_t) { return 0; };

  int socket(int family, int type) override {
    if ((errno = no_socket(family)) != 0) return -1;
    return SocketCalls::socket(family, type);
  }
  int bind(int fd, const sockaddr& address, socklen_t size) override {
    if ((errno = no_bind(address.sa_family, port_of(address))) != 0) return -1;
    return SocketCalls::bind(fd, address, size);
  }
};

codec::Url url(const std::string& text) { return *codec::Url::parse(text); }

/// A port that was free just now; another program may take it, which the tests below do not mind.
std::uint16_t free_port() { return listen_on_loopback(url("http://127.0.0.1/callback"), {})->port; }

TEST(LoopbackListener, APortThatTheSystemReservesIsLikeATakenOne) {  // CH-CB-03
  for (const int reserved : {EACCES, EPERM, EADDRINUSE}) {
    FailingCalls calls;
    const auto other = free_port();
    calls.no_bind = [&](int, std::uint16_t port) { return port == 80 ? reserved : 0; };

    const auto listener = listen_on_loopback(url("http://127.0.0.1:80/callback"), {other}, std::move(calls));

    ASSERT_TRUE(listener) << listener.error().message;
    EXPECT_EQ(listener->port, other);
  }
}

TEST(LoopbackListener, AllPortsReservedIsTold) {  // CH-CB-03
  FailingCalls calls;
  calls.no_bind = [](int, std::uint16_t) { return EACCES; };

  const auto listener = listen_on_loopback(url("http://127.0.0.1:80/callback"), {81}, std::move(calls));

  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, "callback.port_in_use");
  EXPECT_THAT(listener.error().message, HasSubstr("the system reserves it"));
}

ino_t identity(int fd) {
  struct stat about{};
  return ::fstat(fd, &about) == 0 ? about.st_ino : 0;
}

TEST(LoopbackListener, ThePortThatIsToldIsOfTheVerySocketThatWasBound) {  // CH-CB-25: not looked up, let go and bound again
  class NotedCalls final : public SocketCalls {
   public:
    explicit NotedCalls(std::vector<ino_t>& bound) : bound_(bound) {}
    int bind(int fd, const sockaddr& address, socklen_t size) override {
      EXPECT_EQ(port_of(address), 0);  // any free one, of the system's choice
      bound_.push_back(identity(fd));
      return SocketCalls::bind(fd, address, size);
    }

   private:
    std::vector<ino_t>& bound_;
  };
  std::vector<ino_t> bound;

  const auto listener = listen_on_loopback(url("http://127.0.0.1/callback"), {}, NotedCalls(bound));

  ASSERT_TRUE(listener);
  ASSERT_EQ(listener->sockets.size(), 1u);
  const int fd = listener->sockets[0].get();
  EXPECT_EQ(bound, std::vector<ino_t>{identity(fd)});
  int listens = 0;
  socklen_t size = sizeof(listens);
  ASSERT_EQ(::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size), 0);
  EXPECT_EQ(listens, 1);
  sockaddr address{};
  size = sizeof(address);
  ASSERT_EQ(::getsockname(fd, &address, &size), 0);
  EXPECT_EQ(port_of(address), listener->port);
}

TEST(LoopbackListener, SharesItsPortWithNobody) {  // CH-CB-06
  const auto listener = listen_on_loopback(url("http://127.0.0.1/callback"), {});
  ASSERT_TRUE(listener);
  int shared = -1;
  socklen_t size = sizeof(shared);
  ASSERT_EQ(::getsockopt(listener->sockets.front().get(), SOL_SOCKET, SO_REUSEPORT, &shared, &size), 0);
  EXPECT_EQ(shared, 0);

  const UniqueFd rival(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ASSERT_EQ(::setsockopt(rival.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
  ASSERT_EQ(::setsockopt(rival.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
  const sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(listener->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  EXPECT_EQ(::bind(rival.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), -1);
  EXPECT_EQ(errno, EADDRINUSE);
}

TEST(LoopbackListener, OneFamilyIsEnough) {  // CH-CB-26
  for (const int error : {EAFNOSUPPORT, EPROTONOSUPPORT, EADDRNOTAVAIL}) {
    FailingCalls calls;
    if (error == EADDRNOTAVAIL) {
      calls.no_bind = [](int family, std::uint16_t) { return family == AF_INET6 ? EADDRNOTAVAIL : 0; };
    } else {
      calls.no_socket = [&](int family) { return family == AF_INET6 ? error : 0; };
    }
    const auto listener = listen_on_loopback(url("http://localhost/callback"), {}, std::move(calls));
    ASSERT_TRUE(listener) << listener.error().message;
    EXPECT_EQ(listener->sockets.size(), 1U);
  }
}

TEST(LoopbackListener, NoFamilyAtAllIsTold) {  // CH-CB-26
  FailingCalls calls;
  calls.no_socket = [](int) { return EAFNOSUPPORT; };
  const auto listener = listen_on_loopback(url("http://localhost/callback"), {}, std::move(calls));
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, "callback.no_loopback");
}

}  // namespace
}  // namespace mimir::oauth::internal
