// What a login costs besides the network, and how soon the callback listener answers among those who mean no good; printed
// as JSON for ci/bench/client.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/url.hpp>
#include <mimir/oauth/oauth_manager.hpp>

using namespace mimir;
using namespace mimir::oauth;

namespace {

using Steady = std::chrono::steady_clock;

double ms_since(Steady::time_point start) { return std::chrono::duration<double, std::milli>(Steady::now() - start).count(); }

double quantile(std::vector<double> all, double share) {
  std::sort(all.begin(), all.end());
  return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
}

/// A provider that answers without a network.
class InstantProvider final : public HttpTransport {
 public:
  HttpOutcome send(const HttpRequest& request, std::stop_token) override {
    const bool is_token = request.method == "POST";
    const std::string_view body =
        is_token ? R"({"access_token":"access","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh"})"
                 : R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",)"
                   R"("token_endpoint":"https://as.example/token","response_types_supported":["code"],)"
                   R"("code_challenge_methods_supported":["S256"]})";
    return {.sent = Sent::Yes,
            .response = HttpResponse{.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = Secret(body)}};
  }
};

/// @returns -1 when nobody listens any more.
int knock_at(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

int connect_to(std::uint16_t port) {
  const int fd = knock_at(port);
  if (fd < 0) std::abort();
  return fd;
}

void say(int fd, const std::string& text) { (void)!::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

std::string get(std::uint16_t port, const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n\r\n";
}

/// Reads to the end of the answer. @returns its status line.
std::string answer(int fd) {
  std::string all;
  std::array<char, 4096> chunk;
  for (ssize_t got = 0; (got = ::recv(fd, chunk.data(), chunk.size(), 0)) > 0;) all.append(chunk.data(), static_cast<std::size_t>(got));
  ::close(fd);
  return all.substr(0, all.find('\r'));
}

/// Approves and goes where it is sent, at once.
class QuickUser final : public Browser {
 public:
  Result<> open(const std::string& url) override {
    const auto query = codec::Parameters::parse(url.substr(url.find('?') + 1));
    if (!query) std::abort();
    const auto redirect = codec::Url::parse(*query->one("redirect_uri"));
    page_ = std::async(std::launch::async, [port = redirect->port(), state = *query->one("state")] {
      const int fd = connect_to(port);
      say(fd, get(port, "/callback?code=abc&state=" + state));
      return answer(fd);
    });
    return {};
  }
  std::string page() { return page_.get(); }

 private:
  std::future<std::string> page_;
};

std::vector<double> logins(TokenStorage& storage) {
  InstantProvider provider;
  QuickUser user;
  SystemRandom random;
  const SystemClock clock;
  const auto callbacks = make_callback_server_factory();
  OAuthManager manager({.http = provider, .browser = user, .callbacks = *callbacks, .storage = storage, .clock = clock,
                        .random = random});
  std::vector<double> all;
  for (int i = 0; i < 200; ++i) {
    manager.add_provider("mock", {.issuer = "https://as.example", .client_id = "cli"});
    const auto start = Steady::now();
    if (!manager.initiate_flow("mock")) std::abort();
    all.push_back(ms_since(start));
    (void)user.page();
  }
  return all;
}

/// Keeps connections open that never say what they should; whichever is closed comes back.
class Crowd {
 public:
  Crowd(std::uint16_t port, std::size_t size) : port_(port) {
    for (std::size_t i = 0; i < size; ++i) polled_.push_back({.fd = knock(i), .events = POLLIN, .revents = 0});
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    thread_.request_stop();
    thread_.join();
    for (const auto& one : polled_) ::close(one.fd);
  }

 private:
  int knock(std::size_t number) const {
    const int fd = knock_at(port_);
    if (number % 4 == 1) say(fd, "GET /callback?state=");
    if (number % 4 == 2) say(fd, "\x16\x03\x01");
    if (number % 4 == 3) say(fd, "GET / HTTP/1.1\r\nHost: ");
    return fd;
  }
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)::poll(polled_.data(), polled_.size(), 10);
      for (std::size_t i = 0; i < polled_.size(); ++i) {
        if (polled_[i].revents == 0) continue;
        ::close(polled_[i].fd);
        polled_[i].fd = knock(i);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::uint16_t port_;
  std::vector<pollfd> polled_;
  std::jthread thread_;
};

std::vector<double> answers_among(std::size_t hostile) {
  const auto factory = make_callback_server_factory();
  const auto server = factory->create();
  const auto uri = server->listen({.state = Secret("right")});
  if (!uri) std::abort();
  const auto port = codec::Url::parse(*uri)->port();
  auto waiting = std::async(std::launch::async, [&] { return server->wait(std::chrono::minutes(5), {}).has_value(); });
  std::vector<double> all;
  {
    const Crowd crowd(port, hostile);
    for (int i = 0; i < 1000; ++i) {
      const auto start = Steady::now();
      const int fd = connect_to(port);
      say(fd, get(port, "/callback?code=abc&state=wrong"));
      if (answer(fd).find(" 400 ") == std::string::npos) std::abort();
      all.push_back(ms_since(start));
    }
    const int fd = connect_to(port);  // and the login still succeeds
    say(fd, get(port, "/callback?code=abc&state=right"));
    if (!waiting.get()) std::abort();
    server->finish(PageOutcome::Success);
    if (answer(fd).find(" 200 ") == std::string::npos) std::abort();
  }
  return all;
}

}  // namespace

int main() {
  SystemRandom random;
  std::string pattern = (std::filesystem::temp_directory_path() / "mimir-bench-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto memory = make_memory_storage();
  const auto file = make_encrypted_file_storage({.folder = folder}, random);
  auto figures = codec::Json::object();
  figures.set("login_ms", quantile(logins(*memory), 0.5));
  figures.set("login_into_file_ms", quantile(logins(*file), 0.5));
  const auto alone = answers_among(0);
  const auto crowded = answers_among(200);
  figures.set("callback_alone_ms", quantile(alone, 0.5));
  figures.set("callback_ms", quantile(crowded, 0.5));
  figures.set("callback_p99_ms", quantile(crowded, 0.99));
  std::filesystem::remove_all(folder);
  std::printf("%s\n", figures.dump().c_str());
}
