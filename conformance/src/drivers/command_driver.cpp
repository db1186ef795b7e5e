// Any program as a client: run in a sandbox against a real listener, with a scripted browser behind $BROWSER and its
// clock moved by libfaketime. It is never told which scenario it is in.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/server/server.hpp>
#include <mockoauth/wire/origins.hpp>

#include "browser_walk.hpp"
#include "process.hpp"
#include "sandbox.hpp"

namespace mockoauth::conformance {
namespace {

using mimir::codec::fail;

// Below the range from which the kernel hands out ports by itself, so that nothing takes one between the choice and use.
constexpr int kFirstPort = 20'000;
constexpr int kLastPort = 32'000;

/// A listening socket on 127.0.0.1 that only holds its port.
class HeldPort {
 public:
  static std::optional<HeldPort> take(std::uint16_t port) {
    HeldPort held(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // A login that has just ended leaves its connection waiting on the port; that is nobody holding it.
    const int on = 1;
    ::setsockopt(held.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (held.fd_ < 0 || ::bind(held.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(held.fd_, 1) != 0) {
      return std::nullopt;
    }
    return held;
  }
  HeldPort(HeldPort&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  HeldPort& operator=(HeldPort&&) = delete;
  ~HeldPort() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit HeldPort(int fd) : fd_(fd) {}
  int fd_;
};

mimir::codec::Result<std::vector<std::uint16_t>> free_ports(int count) {
  std::random_device random;
  std::uniform_int_distribution<int> any(kFirstPort, kLastPort);
  std::vector<std::uint16_t> ports;
  for (int tries = 0; static_cast<int>(ports.size()) < count; ++tries) {
    if (tries == 1000) return fail("bench.ports", "cannot find free loopback ports");
    const auto port = static_cast<std::uint16_t>(any(random));
    if (std::find(ports.begin(), ports.end(), port) == ports.end() && HeldPort::take(port)) ports.push_back(port);
  }
  return ports;
}

std::string faketime_library() {
  std::error_code failed;
  for (const auto& folder : std::filesystem::directory_iterator("/usr/lib", failed)) {
    const auto library = folder.path() / "faketime/libfaketime.so.1";
    if (std::filesystem::exists(library, failed)) return library.string();
  }
  return {};
}

std::string replaced(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string placeholder = "{" + name + "}";
    for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size())) {
      text.replace(at, placeholder.size(), value);
    }
  }
  return text;
}

class CommandSession final : public Session {
 public:
  CommandSession(const Adapter& adapter, const CommandOptions& options, ClientSetup setup, std::unique_ptr<internal::Sandbox> sandbox)
      : adapter_(adapter), setup_(std::move(setup)), sandbox_(std::move(sandbox)) {
    values_ = {{"issuer", setup_.issuer},         {"resource", setup_.resource_url},          {"client_id", setup_.client_id},
               {"provider", setup_.provider},     {"client_secret", setup_.client_secret},    {"store", sandbox_->store().string()},
               {"sandbox", sandbox_->root().string()}, {"mimir", options.mimir}};
  }

  mimir::codec::Result<ClientResult> run(const std::string& action, const BrowserPlan& plan) override {
    if (auto set = sandbox_->set_browser_plan(plan); !set) return tl::unexpected(set.error());
    auto environment = environment_for(action);
    if (!environment) return tl::unexpected(environment.error());
    internal::ProcessRequest request{.arguments = arguments_for(action), .environment = std::move(*environment),
                                     .directory = std::filesystem::current_path().string(), .timeout = adapter_.timeout};
    std::optional<std::jthread> walker;
    std::vector<std::string> walked;
    if (adapter_.login_url == "output") {
      request.on_line = [&](const std::string& line) {
        if (auto url = login_url_in(line); !url.empty() && !walker) {
          walker.emplace([&plan, &walked, url] { walked = internal::walk_login(url, plan, internal::fetch_page); });
        }
      };
    }
    auto ended = internal::run_process(request);
    const bool printed = walker.has_value();
    walker.reset();
    auto record = sandbox_->take_browser_record();
    if (!ended) return tl::unexpected(ended.error());
    ClientResult result = result_of(*ended);
    result.browser_opened = record.opened + (printed ? 1 : 0);
    result.browser = std::move(record.met);
    result.browser.insert(result.browser.end(), walked.begin(), walked.end());
    return result;
  }

  mimir::codec::Result<> advance_clock(std::chrono::milliseconds by) override {
    offset_ += by;
    if (!faketime_library().empty()) return {};
    return fail("bench.faketime", "libfaketime is not installed, so the program's clock cannot be moved; run ci/setup");
  }

  mimir::codec::Result<> occupy_port(std::uint16_t port) override {
    auto held = HeldPort::take(port);
    if (!held) return fail("bench.ports", "port " + std::to_string(port) + " was taken by somebody else");
    held_.emplace(port, std::move(*held));
    return {};
  }
  void free_port(std::uint16_t port) override { held_.erase(port); }
  std::optional<StoredState> stored() override { return std::nullopt; }

 private:
  [[nodiscard]] std::vector<std::string> arguments_for(const std::string& action) const {
    const auto own = adapter_.steps.find(action);
    const auto& command = own != adapter_.steps.end() ? own->second : adapter_.steps.at("*");
    std::vector<std::string> arguments;
    for (const auto& argument : command.arguments) {
      if (argument.find("{scope}") != std::string::npos) {
        for (const auto& scope : setup_.scopes) arguments.push_back(replaced(replaced(argument, {{"scope", scope}}), values_));
      } else if (argument.find("{port}") != std::string::npos) {
        for (const auto port : setup_.ports) arguments.push_back(replaced(replaced(argument, {{"port", std::to_string(port)}}), values_));
      } else {
        arguments.push_back(replaced(argument, values_));
      }
    }
    return arguments;
  }

  [[nodiscard]] mimir::codec::Result<std::map<std::string, std::string>> environment_for(const std::string& action) const {
    auto environment = sandbox_->environment();
    std::string scopes;
    for (const auto& scope : setup_.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    environment["MOCKOAUTH_STEP"] = action;
    environment["MOCKOAUTH_ISSUER"] = setup_.issuer;
    environment["MOCKOAUTH_RESOURCE"] = setup_.resource_url;
    environment["MOCKOAUTH_CLIENT_ID"] = setup_.client_id;
    environment["MOCKOAUTH_SCOPE"] = scopes;
    environment["MOCKOAUTH_STORE"] = sandbox_->store().string();
    if (!setup_.client_secret.empty()) environment["MOCKOAUTH_CLIENT_SECRET"] = setup_.client_secret;
    if (!setup_.ca_pem.empty()) {
      // By the names that OpenSSL, curl, Python's requests and Node have for it.
      for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}) {
        environment[name] = sandbox_->ca_file().string();
      }
    }
    for (const auto& [name, value] : adapter_.environment) environment[name] = replaced(value, values_);
    if (offset_.count() != 0) {
      environment["LD_PRELOAD"] = faketime_library();
      environment["FAKETIME"] = "+" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(offset_).count());
      // Waiting and timeouts stay real: only the calendar moves.
      environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
      environment["DONT_FAKE_MONOTONIC"] = "1";
    }
    return environment;
  }

  [[nodiscard]] std::string login_url_in(const std::string& line) const {
    const auto origin = setup_.issuer.substr(0, setup_.issuer.find('/', 8));
    const auto start = line.find(origin);
    if (start == std::string::npos) return {};
    const auto url = line.substr(start, line.find_first_of(" \t\"'<>", start) - start);
    return url.find("response_type=") != std::string::npos ? url : std::string();
  }

  [[nodiscard]] ClientResult result_of(const internal::ProcessResult& ended) const {
    using End = internal::ProcessResult::End;
    ClientResult result{.said = ended.lines};
    if (ended.end == End::TimedOut) {
      result.outcome = Outcome::TimedOut;
      result.detail = "no end within " + std::to_string(adapter_.timeout.count()) + " s";
    } else if (ended.end == End::Signalled) {
      result.outcome = Outcome::Crashed;
      result.detail = "ended by signal " + std::to_string(ended.status) + ", " + ::strsignal(ended.status);
    } else {
      const auto known = adapter_.exit_status.find(ended.status);
      result.outcome = known != adapter_.exit_status.end() ? known->second : Outcome::Failed;
      result.detail = "exit status " + std::to_string(ended.status);
    }
    return result;
  }

  const Adapter& adapter_;
  ClientSetup setup_;
  std::unique_ptr<internal::Sandbox> sandbox_;
  std::map<std::string, std::string> values_;
  std::chrono::milliseconds offset_{0};
  std::map<std::uint16_t, HeldPort> held_;
};

class CommandDriver final : public Driver {
 public:
  CommandDriver(Adapter adapter, CommandOptions options) : adapter_(std::move(adapter)), options_(std::move(options)) {}
  ~CommandDriver() override {
    for (auto& door : doors_) {
      if (door.origins) door.origins->stop();
    }
  }

  [[nodiscard]] std::string name() const override { return "command"; }
  [[nodiscard]] std::string client() const override { return adapter_.client; }
  [[nodiscard]] bool can(const std::string& capability) const override { return adapter_.capabilities.contains(capability); }

  mimir::codec::Result<Stage> set_up(const StageRequest& request) override {
    auto& door = doors_[request.tls ? 1 : 0];
    if (auto up = start_server(door, request.profile.origins().size(), request.tls); !up) return tl::unexpected(up.error());
    auto ports = free_ports(request.ports);
    if (!ports) return tl::unexpected(ports.error());
    server::ClientRegistration client{.client_id = "mockoauth-client", .redirect_uris = adapter_.redirect_uris};
    if (!ports->empty()) client.redirect_uris.clear();
    for (const auto port : *ports) client.redirect_uris.push_back("http://127.0.0.1:" + std::to_string(port) + "/callback");
    door.server->drop_realm("default");
    server::RealmOptions options{.profile = request.profile, .seed = request.seed, .clients = {std::move(client)}};
    auto realm = door.server->create_realm(std::move(options));
    if (!realm) return tl::unexpected(realm.error());
    (*realm)->choose_user(request.user);
    return Stage{*realm, (*realm)->configured_issuer(), (*realm)->resource_url(), std::move(*ports),
                 door.authority ? door.authority->ca_pem() : ""};
  }

  mimir::codec::Result<std::unique_ptr<Session>> start(const Stage&, const ClientSetup& setup) override {
    auto sandbox = internal::Sandbox::create(options_.self, options_.keep_sandbox);
    if (!sandbox) return tl::unexpected(sandbox.error());
    if (auto told = (*sandbox)->set_ca(setup.ca_pem); !told) return tl::unexpected(told.error());
    return std::make_unique<CommandSession>(adapter_, options_, setup, std::move(*sandbox));
  }

 private:
  // A server and where it listens; one for http, one for https.
  struct Door {
    std::shared_ptr<wire::TlsAuthority> authority = {};
    std::unique_ptr<server::Server> server = {};
    std::optional<wire::Origins> origins = {};
  };

  // Kept from play to play while it has origins enough: a listener started anew would cost each play a millisecond.
  mimir::codec::Result<> start_server(Door& door, std::size_t count, bool tls) {
    if (door.origins && door.origins->urls().size() >= count) return {};
    if (door.origins) door.origins->stop();
    door.origins.reset();
    if (tls && !door.authority) {
      auto authority = wire::TlsAuthority::create();
      if (!authority) return tl::unexpected(authority.error());
      door.authority = std::move(*authority);
    }
    auto origins = wire::Origins::bind({.tls = door.authority}, count);
    if (!origins) return tl::unexpected(origins.error());
    door.origins.emplace(std::move(*origins));
    door.server = std::make_unique<server::Server>(clock_, door.origins->urls());
    door.origins->start(*door.server);
    return {};
  }

  Adapter adapter_;
  CommandOptions options_;
  mimir::codec::SystemClock clock_;
  std::array<Door, 2> doors_;
};

}  // namespace

std::unique_ptr<Driver> make_command_driver(Adapter adapter, CommandOptions options) {
  return std::make_unique<CommandDriver>(std::move(adapter), std::move(options));
}

}  // namespace mockoauth::conformance
