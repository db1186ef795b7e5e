// The least that Pistache can do with framing of our own: fixed bytes for whatever ends in an empty line and, for a
// POST, a body of the length it states. What the mock server is measured against.
#include <csignal>
#include <iostream>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <sys/socket.h>

namespace {

constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"hello\":\"world\"}";

/// One request is one read here: the load generator sends it whole and waits for the answer.
class Hello final : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, Hello)

 public:
  Hello() = default;
  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
  void onInput(const char* bytes, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    if (std::string_view(bytes, size).find("\r\n\r\n") == std::string_view::npos) return;
    ::send(peer->fd(), kReply.data(), kReply.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
};

}  // namespace

int main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  using Tcp = Pistache::Tcp::Options;
  Pistache::Tcp::Listener listener(Pistache::Address("127.0.0.1", Pistache::Port(0)));
  listener.init(2, Pistache::Flags<Tcp>(Tcp::ReuseAddr) | Tcp::NoDelay | Tcp::CloseOnExec, "hello");
  listener.setHandler(std::make_shared<Hello>());
  listener.bind();
  listener.runThreaded();
  std::cout << static_cast<unsigned>(static_cast<std::uint16_t>(listener.getPort())) << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  listener.shutdown();
}
