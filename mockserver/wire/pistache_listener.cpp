// The only file that knows Pistache: its listening socket, its accept thread and its epoll workers. Its HTTP layer is not
// used; Tcp::Listener hands us bytes. docs/decisions tells why.
#include <mockoauth/wire/listener.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <mutex>
#include <system_error>

#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>

#include "caretaker.hpp"
#include "connection.hpp"

namespace mockoauth::wire {
namespace {

constexpr const char* kConnectionKey = "mockoauth.connection";

/// What the workers' copies of the handler share.
struct Shared {
  explicit Shared(ListenerOptions given) : options(std::move(given)) {}

  ListenerOptions options;
  Listener::Handler handler;  ///< Set before the first connection is accepted.
  Caretaker caretaker;
};

// Pistache calls these on its workers; an exception that leaves them ends the process.
class BytesHandler final : public Pistache::Tcp::Handler {
 public:
  PROTOTYPE_OF(Pistache::Tcp::Handler, BytesHandler)

  explicit BytesHandler(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    try {
      const int on = 1;
      ::setsockopt(peer->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      Caretaker& caretaker = shared_->caretaker;
      auto connection = std::make_shared<Connection>(peer->fd(), shared_->options,
                                                     [&caretaker](SteadyTime deadline) { caretaker.wake_for(deadline); });
      peer->putData(kConnectionKey, connection);
      caretaker.add(std::move(connection));
    } catch (const std::exception&) {
      ::shutdown(peer->fd(), SHUT_RDWR);
    }
  }

  void onInput(const char* data, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    if (const auto connection = connection_of(peer)) connection->on_bytes({data, size}, shared_->handler);
  }

  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    if (const auto connection = connection_of(peer)) {
      connection->on_closed();
      shared_->caretaker.remove(connection);
    }
  }

 private:
  static std::shared_ptr<Connection> connection_of(const std::shared_ptr<Pistache::Tcp::Peer>& peer) {
    return std::static_pointer_cast<Connection>(peer->tryGetData(kConnectionKey));
  }

  std::shared_ptr<Shared> shared_;
};

class PistacheListener final : public Listener {
 public:
  explicit PistacheListener(ListenerOptions options) : shared_(std::make_shared<Shared>(std::move(options))) {
    using Pistache::Tcp::Options;
    const auto& given = shared_->options;
    tcp_ = std::make_unique<Pistache::Tcp::Listener>();
    tcp_->init(static_cast<std::size_t>(given.threads),
               Pistache::Flags<Options>(Options::ReuseAddr | Options::CloseOnExec), "mockoauth");
    tcp_->setHandler(std::make_shared<BytesHandler>(shared_));
    tcp_->bind(Pistache::Address(given.host, Pistache::Port(given.port)));
    port_ = static_cast<std::uint16_t>(tcp_->getPort());
  }
  ~PistacheListener() override { PistacheListener::stop(); }
  PistacheListener(const PistacheListener&) = delete;
  PistacheListener& operator=(const PistacheListener&) = delete;

  std::uint16_t port() const override { return port_; }

  std::string origin() const override {
    std::string host = shared_->options.host;
    if (host == "*" || host == "0.0.0.0") host = "127.0.0.1";
    if (host == "[::]") host = "[::1]";
    return "http://" + host + ":" + std::to_string(port_);
  }

  void start(Handler handler) override {
    const std::lock_guard lock(mutex_);
    if (started_ || !tcp_) return;
    shared_->handler = std::move(handler);
    tcp_->runThreaded();
    started_ = true;
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    if (!tcp_) return;
    constexpr std::chrono::milliseconds kPatience{500};
    if (started_) {
      shared_->caretaker.wait_until_quiet(kPatience);
      // Before Pistache goes: it would leave every accepted socket open.
      shared_->caretaker.end_all(kPatience);
      tcp_->shutdown();
    }
    tcp_.reset();
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::mutex mutex_;
  std::unique_ptr<Pistache::Tcp::Listener> tcp_;
  std::uint16_t port_ = 0;
  bool started_ = false;
};

mimir::codec::Result<std::unique_ptr<Listener>> refuse(const ListenerOptions& options, const std::string& why) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  if (why != std::generic_category().message(EADDRINUSE)) {
    return mimir::codec::fail("listen.failed", "cannot listen on " + where + ": " + why);
  }
  const std::string holder = describe_port_holder(options.port);
  return mimir::codec::fail("listen.port_in_use", "cannot listen on " + where + ": the port is in use" +
                                                      (holder.empty() ? "" : " by " + holder) +
                                                      "; choose another one, or any free one with --port 0");
}

}  // namespace

mimir::codec::Result<std::unique_ptr<Listener>> Listener::bind(ListenerOptions options) {
  // A client that goes away is no reason to die. What the program has chosen itself is left alone.
  struct sigaction current {};
  if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
  if (options.threads < 1 || options.threads > 64) return refuse(options, "threads must be from 1 to 64");
  try {
    return std::make_unique<PistacheListener>(options);
  } catch (const std::exception& error) {
    return refuse(options, error.what());
  }
}

}  // namespace mockoauth::wire
