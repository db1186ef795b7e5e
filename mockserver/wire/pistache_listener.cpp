// The only file that includes Pistache: its listening socket, accept thread and epoll workers.
//
// Pistache::Tcp::Listener rather than Http::Endpoint: the same threads without the HTTP parser, whose framing is not
// ours, and without the endpoint's own timeouts, which write an unasked-for 408 into connections.
#include <mockoauth/wire/listener.hpp>

#include "wire/connection.hpp"
#include "wire/stray_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

#include <pistache/listener.h>
#include <pistache/net.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>
#include <sys/socket.h>

namespace mockoauth::wire {
namespace {

constexpr const char* kConnection = "connection";
constexpr std::chrono::milliseconds kFinishLimit{500};

// Copied once per worker thread; the copies share the Service. Nothing may be thrown into Pistache: a worker that
// throws ends the process.
class WireHandler final : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, WireHandler)

 public:
  explicit WireHandler(std::shared_ptr<Service> service) : service_(std::move(service)) {}

  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    try {
      auto connection = std::make_shared<Connection>(peer->fd(), service_);
      peer->putData(kConnection, connection);
      connection->connected();
    } catch (...) {
      ::shutdown(peer->fd(), SHUT_RDWR);
    }
  }

  void onInput(const char* buffer, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    try {
      if (const auto connection = find(*peer)) connection->receive({buffer, size});
    } catch (...) {
      ::shutdown(peer->fd(), SHUT_RDWR);
    }
  }

  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    try {
      if (const auto connection = find(*peer)) connection->disconnected();
    } catch (...) {
      ::shutdown(peer->fd(), SHUT_RDWR);
    }
  }

 private:
  static std::shared_ptr<Connection> find(const Pistache::Tcp::Peer& peer) {
    return std::static_pointer_cast<Connection>(peer.tryGetData(kConnection));
  }

  std::shared_ptr<Service> service_;
};

std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos && !host.starts_with('[') ? "[" + host + "]" : host;
}

// A client cannot connect to "any address"; the loopback one reaches the same socket.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0" || host == "*") return "127.0.0.1";
  return host == "[::]" ? "[::1]" : host;
}

class PistacheListener final : public Listener {
 public:
  explicit PistacheListener(ListenerOptions options) : service_(std::make_shared<Service>()) {
    options.host = bracketed(options.host);
    service_->options = std::move(options);
  }
  ~PistacheListener() override { stop(); }
  PistacheListener(const PistacheListener&) = delete;
  PistacheListener& operator=(const PistacheListener&) = delete;

  mimir::codec::Result<> open() {
    const auto& options = service_->options;
    if (!service_->caretaker.start()) return failed("no descriptor or thread left");
    try {
      using Tcp = Pistache::Tcp::Options;
      listener_ = std::make_unique<Pistache::Tcp::Listener>(
          Pistache::Address(options.host, Pistache::Port(options.port)));
      listener_->init(static_cast<std::size_t>(std::max(1, options.threads)),
                      Pistache::Flags<Tcp>(Tcp::ReuseAddr) | Tcp::NoDelay | Tcp::CloseOnExec, "mockoauth");
      listener_->setHandler(std::make_shared<WireHandler>(service_));
      listener_->bind();
      port_ = static_cast<std::uint16_t>(listener_->getPort());
    } catch (const std::exception& error) {
      // Pistache throws nothing but text.
      return std::strcmp(error.what(), std::strerror(EADDRINUSE)) == 0 ? port_in_use() : failed(error.what());
    }
    if (port_ == 0) return failed("the port it was given cannot be told");
    return {};
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  [[nodiscard]] std::string origin() const override {
    return (service_->options.tls ? "https://" : "http://") + reachable(service_->options.host) + ":" + std::to_string(port_);
  }

  void start(ListenerCalls calls) override {
    const std::lock_guard lock(mutex_);
    if (started_ || stopped_) return;
    started_ = true;
    service_->calls = std::move(calls);
    try {
      listener_->runThreaded();
    } catch (const std::exception&) {
      listener_.reset();
    }
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    service_->stopping = true;
    auto& caretaker = service_->caretaker;
    for (const auto& connection : caretaker.connections()) connection->finish();
    caretaker.wait_until_all([](Connection& connection) { return connection.quiet(); }, kFinishLimit);
    // Pistache leaves accepted sockets open when it goes: every client must have seen the end of its stream before.
    for (const auto& connection : caretaker.connections()) connection->cut();
    caretaker.wait_until_all([](Connection&) { return false; }, kFinishLimit);
    if (listener_) {
      listener_->shutdown();
      listener_.reset();
      std::string address = service_->options.host;
      if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
      shut_stray_sockets(address == "localhost" ? "127.0.0.1" : address, port_);
    }
    service_->aside.wait();
    caretaker.stop();
    service_->calls = {};
  }

 private:
  [[nodiscard]] mimir::codec::Result<> port_in_use() const {
    const auto holder = describe_port_holder(service_->options.port);
    return mimir::codec::fail("listen.port_in_use", "port " + std::to_string(service_->options.port) + " is in use" +
                                                        (holder.empty() ? "" : " by " + holder) +
                                                        "; choose another with --port, or --port 0 for any free one");
  }

  [[nodiscard]] mimir::codec::Result<> failed(const std::string& why) const {
    return mimir::codec::fail("listen.failed", "cannot listen on " + service_->options.host + ":" +
                                                   std::to_string(service_->options.port) + ": " + why);
  }

  std::mutex mutex_;
  bool started_ = false;
  bool stopped_ = false;
  std::uint16_t port_ = 0;
  std::shared_ptr<Service> service_;
  std::unique_ptr<Pistache::Tcp::Listener> listener_;
};

}  // namespace

mimir::codec::Result<std::unique_ptr<Listener>> Listener::bind(ListenerOptions options) {
  auto listener = std::make_unique<PistacheListener>(std::move(options));
  if (auto opened = listener->open(); !opened) return tl::unexpected(std::move(opened.error()));
  return listener;
}

}  // namespace mockoauth::wire
