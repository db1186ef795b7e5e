// The least that Pistache does for a request: its own server, which answers fixed bytes. `hello_bench bare` leaves its HTTP
// out: fixed bytes for whatever ends in an empty line. What the mock server is measured against.
#include <csignal>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string_view>

#include <pistache/endpoint.h>
#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <sys/socket.h>

namespace {

using Tcp = Pistache::Tcp::Options;

constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"hello\":\"world\"}";

class Hello final : public Pistache::Http::Handler {
  HTTP_PROTOTYPE(Hello)

 public:
  Hello() = default;
  void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter response) override {
    response.send(Pistache::Http::Code::Ok, "{\"hello\":\"world\"}", MIME(Application, Json));
  }
};

/// One request is one read here: the load generator sends it whole and waits for the answer.
class BareHello final : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, BareHello)

 public:
  BareHello() = default;
  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
  void onInput(const char* bytes, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    if (std::string_view(bytes, size).find("\r\n\r\n") == std::string_view::npos) return;
    ::send(peer->fd(), kReply.data(), kReply.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
};

void serve_until_told(std::uint16_t port, const std::function<void()>& stop) {
  std::cout << static_cast<unsigned>(port) << std::endl;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
  stop();
}

void serve_hello(const Pistache::Address& address, Pistache::Flags<Tcp> flags) {
  Pistache::Http::Endpoint endpoint(address);
  endpoint.init(Pistache::Http::Endpoint::options().threads(2).flags(flags));
  endpoint.setHandler(Pistache::Http::make_handler<Hello>());
  endpoint.serveThreaded();
  serve_until_told(endpoint.getPort(), [&] { endpoint.shutdown(); });
}

void serve_bare_hello(const Pistache::Address& address, Pistache::Flags<Tcp> flags) {
  Pistache::Tcp::Listener listener(address);
  listener.init(2, flags, "hello");
  listener.setHandler(std::make_shared<BareHello>());
  listener.bind();
  listener.runThreaded();
  serve_until_told(listener.getPort(), [&] { listener.shutdown(); });
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const Pistache::Address address("127.0.0.1", Pistache::Port(0));
  const auto flags = Pistache::Flags<Tcp>(Tcp::ReuseAddr) | Tcp::NoDelay | Tcp::CloseOnExec;
  const bool is_bare = argc > 1 && std::string_view(argv[1]) == "bare";
  is_bare ? serve_bare_hello(address, flags) : serve_hello(address, flags);
}
