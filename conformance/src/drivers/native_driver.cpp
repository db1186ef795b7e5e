// The bundled client in process: its real code on one side, the real engine on the other, memory between them and one
// clock that a scenario moves. Every step of the client starts from nothing but its store, as a new process would.
#include <deque>
#include <functional>
#include <mutex>

#include <mimir/codec/json.hpp>
#include <mimir/codec/url.hpp>
#include <mimir/oauth/callback_session.hpp>
#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/token_source.hpp>
#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/server/server.hpp>

#include "browser_walk.hpp"
#include "memory_delivery.hpp"

namespace mockoauth::conformance {
namespace {

namespace oauth = mimir::oauth;
using mimir::codec::Url;

// Nothing listens there: in memory an origin is only a name.
constexpr std::uint16_t kFirstOriginPort = 8400;
constexpr std::uint16_t kFirstGivenPort = 8450;
constexpr std::uint16_t kFirstFreePort = 49152;

std::vector<std::string> origins_for(const server::Profile& profile, bool tls) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < profile.origins().size(); ++i) {
    all.push_back((tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(kFirstOriginPort + i));
  }
  return all;
}

// The server with the names it goes by.
struct Provider {
  Provider(const mimir::codec::Clock& clock, std::vector<std::string> names) : origins(std::move(names)), server(clock, origins) {}
  /// Which of its origins that is; nothing when it is somebody else's.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& origin) const {
    const auto found = std::find(origins.begin(), origins.end(), origin);
    if (found == origins.end()) return std::nullopt;
    return static_cast<std::size_t>(found - origins.begin());
  }

  std::vector<std::string> origins;
  server::Server server;
};

// The machine's loopback ports, as far as one play is concerned: who listens, and which ports another program holds.
class MemoryPorts {
 public:
  void occupy(std::uint16_t port) { foreign_.insert(port); }
  void free(std::uint16_t port) { foreign_.erase(port); }

  /// A port that can be listened on: the wanted one, or any when that is 0; nothing when it is taken.
  std::optional<std::uint16_t> choose(std::uint16_t wanted) {
    const std::uint16_t port = wanted != 0 ? wanted : next_++;
    if (foreign_.contains(port) || listeners_.contains(port)) return std::nullopt;
    return port;
  }
  void listen(std::uint16_t port, oauth::CallbackSession& session) { listeners_[port] = &session; }
  void close(std::uint16_t port) { listeners_.erase(port); }
  [[nodiscard]] oauth::CallbackSession* listener(std::uint16_t port) const {
    const auto found = listeners_.find(port);
    return found == listeners_.end() ? nullptr : found->second;
  }

 private:
  std::set<std::uint16_t> foreign_;
  std::map<std::uint16_t, oauth::CallbackSession*> listeners_;
  std::uint16_t next_ = kFirstFreePort;
};

// The callback listener without sockets; the judgement of requests is the client's own CallbackSession.
class MemoryReceiver final : public oauth::CallbackReceiver {
 public:
  explicit MemoryReceiver(MemoryPorts& ports) : ports_(ports) {}
  ~MemoryReceiver() override { close(); }

  oauth::Result<std::string> listen(const oauth::CallbackOptions& options) override {
    const auto url = Url::parse(options.redirect_uri);
    if (!url) return oauth::fail({oauth::Category::Misconfigured, "callback.redirect_uri", url.error().message, "", ""});
    std::vector<std::uint16_t> candidates{url->explicit_port().value_or(0)};
    candidates.insert(candidates.end(), options.alternative_ports.begin(), options.alternative_ports.end());
    for (const auto candidate : candidates) {
      const auto port = ports_.choose(candidate);
      if (!port) continue;
      const std::string redirect_uri = url->with_port(*port).to_string();
      session_.emplace(oauth::CallbackOptions{options.redirect_uri, options.alternative_ports, options.state.clone()}, redirect_uri);
      ports_.listen(*port, *session_);
      port_ = *port;
      return redirect_uri;
    }
    return oauth::fail({oauth::Category::LocalEnvironment, "callback.port_in_use",
                        "Callback port " + std::to_string(candidates.front()) + " is in use by another program.", "", "RFC 8252 §7.3"});
  }

  oauth::Result<oauth::CallbackResult> wait(std::chrono::milliseconds, std::stop_token) override {
    // The scripted browser walks while it is being opened; when nothing has come by now, nothing ever will.
    if (auto result = session_->result()) return std::move(*result);
    return oauth::fail({oauth::Category::Cancelled, "callback.timeout", "The browser did not come back.", "", ""});
  }

  void finish(oauth::PageOutcome) override { close(); }

 private:
  void close() {
    if (port_ != 0) ports_.close(port_);
    port_ = 0;
  }

  MemoryPorts& ports_;
  std::optional<oauth::CallbackSession> session_;
  std::uint16_t port_ = 0;
};

class MemoryReceiverFactory final : public oauth::CallbackReceiverFactory {
 public:
  explicit MemoryReceiverFactory(MemoryPorts& ports) : ports_(ports) {}
  std::unique_ptr<oauth::CallbackReceiver> create() override { return std::make_unique<MemoryReceiver>(ports_); }

 private:
  MemoryPorts& ports_;
};

server::HttpRequest to_server(const std::string& method, const Url& url, std::size_t origin, const server::Headers& headers,
                              std::string_view body) {
  server::HttpRequest request{.method = method, .target = url.target(), .headers = headers, .body = std::string(body), .origin = origin};
  request.headers.insert(request.headers.begin(), {"Host", url.authority()});
  if (!body.empty()) request.headers.emplace_back("Content-Length", std::to_string(body.size()));
  // Transport and browser name themselves, as those over a wire do; some providers let nobody else in.
  if (!request.header("User-Agent")) request.headers.emplace_back("User-Agent", "mockoauth-native");
  return request;
}

// In the place of waiting: both sides' clocks move.
using PassTime = std::function<void(std::chrono::milliseconds)>;

class MemoryTransport final : public oauth::HttpTransport {
 public:
  MemoryTransport(Provider& provider, PassTime pass_time) : provider_(provider), pass_time_(std::move(pass_time)) {}

  oauth::HttpOutcome send(const oauth::HttpRequest& request, std::stop_token) override {
    const auto url = Url::parse(request.url);
    const auto origin = url ? provider_.find(url->origin()) : std::nullopt;
    if (!origin) {
      return {oauth::Sent::No, oauth::fail({oauth::Category::TryLater, "network.unreachable", "Nothing answers at " + request.url + ".", "", ""})};
    }
    if (url->scheme() == "https") {
      const auto met = provider_.server.welcome({.at = server::Arrival::At::Handshake, .origin = *origin});
      if (auto failed = internal::shake_hands(met, request, pass_time_)) return std::move(*failed);
    }
    const auto answer = provider_.server.handle(to_server(request.method, *url, *origin, request.headers, request.body.expose()));
    if (answer.delivery) return internal::deliver(answer, *answer.delivery, request, pass_time_);
    return {oauth::Sent::Yes, oauth::HttpResponse{answer.status, answer.headers, oauth::Secret(answer.body)}};
  }

 private:
  Provider& provider_;
  PassTime pass_time_;
};

// Opening the browser plays the whole walk at once: authorization endpoint, redirects, callback.
class MemoryBrowser final : public oauth::Browser {
 public:
  MemoryBrowser(Provider& provider, MemoryPorts& ports, const BrowserPlan& plan) : provider_(provider), ports_(ports), plan_(plan) {}

  oauth::Result<> open(const std::string& url) override {
    ++opened;
    for (auto& line : internal::walk_login(url, plan_, [this](const std::string& next) { return fetch(next); })) met.push_back(std::move(line));
    return {};
  }

  int opened = 0;
  std::vector<std::string> met;

 private:
  mimir::codec::Result<internal::Page> fetch(const std::string& text) {
    const auto url = Url::parse(text);
    if (!url) return tl::unexpected(url.error());
    if (const auto origin = provider_.find(url->origin())) {
      auto answer = provider_.server.handle(to_server("GET", *url, *origin, {}, ""));
      return internal::Page{answer.status, answer.header("Location").value_or(""), answer.body};
    }
    auto* listener = url->is_loopback_literal() || url->is_localhost() ? ports_.listener(url->port()) : nullptr;
    if (listener == nullptr) return mimir::codec::fail("browser.refused", "connection refused");
    const auto answer = listener->receive("GET " + url->target() + " HTTP/1.1\r\nHost: " + url->authority() + "\r\n\r\n");
    return internal::Page{answer.pending || answer.accepted ? 200 : 400, "", answer.bytes};
  }

  Provider& provider_;
  MemoryPorts& ports_;
  const BrowserPlan& plan_;
};

Outcome outcome_of(const oauth::Error& error) {
  switch (error.category) {
    case oauth::Category::UserDeclined: return Outcome::Declined;
    case oauth::Category::AttackSuspected:
    case oauth::Category::ProviderBroken:
    case oauth::Category::Misconfigured: return Outcome::Refused;
    default: return Outcome::Failed;
  }
}

class NativeSession final : public Session {
 public:
  NativeSession(Provider& provider, mimir::codec::ManualClock& clock, PassTime pass_time, ClientSetup setup, NativeOptions options)
      : provider_(provider), clock_(clock), pass_time_(std::move(pass_time)), setup_(std::move(setup)), options_(options), random_(setup_.seed + 1) {}

  mimir::codec::Result<ClientResult> run(const std::string& action, const BrowserPlan& plan) override {
    ClientResult result;
    MemoryTransport transport(provider_, pass_time_);
    MemoryBrowser browser(provider_, ports_, plan);
    MemoryReceiverFactory callbacks(ports_);
    oauth::OAuthManager manager({.http = transport, .browser = browser, .callbacks = callbacks, .storage = *storage_, .clock = clock_,
                                 .random = random_, .events = [&](const oauth::Event& event) { listen(event, result); }});
    manager.add_provider(setup_.provider, config());
    perform(action, manager, result);
    result.browser_opened = browser.opened;
    result.browser = std::move(browser.met);
    return result;
  }

  mimir::codec::Result<> advance_clock(std::chrono::milliseconds by) override {
    clock_.advance(by);
    return {};
  }
  mimir::codec::Result<> occupy_port(std::uint16_t port) override {
    ports_.occupy(port);
    return {};
  }
  void free_port(std::uint16_t port) override { ports_.free(port); }

  std::optional<StoredState> stored() override {
    auto login = storage_->load(setup_.provider);
    StoredState state;
    if (login && *login && (*login)->tokens.refresh_token) state.refresh_token = std::string((*login)->tokens.refresh_token->expose());
    return state;
  }

 private:
  oauth::OAuthConfig config() const {
    oauth::OAuthConfig config{.issuer = setup_.issuer, .client_id = setup_.client_id, .scopes = setup_.scopes};
    if (!setup_.client_secret.empty()) config.client_secret.emplace(setup_.client_secret);
    if (!setup_.ports.empty()) {
      config.redirect_uri = "http://127.0.0.1:" + std::to_string(setup_.ports.front()) + "/callback";
      config.alternative_ports.assign(setup_.ports.begin() + 1, setup_.ports.end());
    }
    return config;
  }

  void listen(const oauth::Event& event, ClientResult& result) const {
    using Kind = oauth::Event::Kind;
    if (event.kind == Kind::Stored) result.said.push_back("stored in " + event.text);
    else if (event.kind == Kind::CameBack) result.said.push_back("came back by " + event.text);
    else if (!event.text.empty()) result.said.push_back(event.text);
  }

  void conclude(const oauth::Error& error, ClientResult& result) const {
    result.outcome = outcome_of(error);
    result.detail = error.code;
    result.said.push_back(error.message);
    if (!error.hint.empty()) result.said.push_back(error.hint);
  }

  template <class T>
  void conclude(const oauth::Result<T>& done, ClientResult& result) const {
    if (!done) return conclude(done.error(), result);
    result.outcome = Outcome::Done;
    result.detail = "ok";
  }

  void conclude_logout(const oauth::Result<oauth::RevokeReport>& report, ClientResult& result) const {
    using Revoked = oauth::RevokeReport::Outcome;
    conclude(report, result);
    if (!report) return;
    if (!report->detail.empty()) result.said.push_back(report->detail);
    if (report->refresh_token == Revoked::Failed || report->access_token == Revoked::Failed) {
      result.outcome = Outcome::Failed;
      result.detail = "a token could not be revoked";
    }
  }

  void perform(const std::string& action, oauth::OAuthManager& manager, ClientResult& result) {
    if (action == "login") return conclude(manager.initiate_flow(setup_.provider), result);
    if (action == "refresh") return conclude(manager.refresh_token(setup_.provider), result);
    if (action == "logout") return conclude_logout(manager.revoke_access(setup_.provider), result);
    oauth::TokenSource source(manager, setup_.provider, options_.log_in_again ? oauth::LoginPolicy::WhenNeeded : oauth::LoginPolicy::Never);
    auto answer = source.send({.url = setup_.resource_url});
    conclude(answer, result);
    if (answer && answer->status >= 400) {
      result.outcome = Outcome::Refused;
      result.detail = "the resource answered " + std::to_string(answer->status);
    }
  }

  Provider& provider_;
  mimir::codec::ManualClock& clock_;
  PassTime pass_time_;
  ClientSetup setup_;
  NativeOptions options_;
  mimir::codec::SeededRandom random_;
  MemoryPorts ports_;
  std::unique_ptr<oauth::TokenStorage> storage_ = oauth::make_memory_storage();
};

// One play: the server's clock stands still with the client's; only a scenario moves them.
struct NativeStage {
  NativeStage(const server::Profile& profile, bool tls) : provider(server_clock, origins_for(profile, tls)) {}

  mimir::codec::ManualClock client_clock{mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000))};
  mimir::codec::ManualClock server_clock{mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000))};
  Provider provider;
};

class NativeDriver final : public Driver {
 public:
  explicit NativeDriver(NativeOptions options) : options_(options) {}
  [[nodiscard]] std::string name() const override { return "native"; }
  [[nodiscard]] std::string client() const override { return "mimir"; }
  [[nodiscard]] bool can(const std::string&) const override { return true; }

  mimir::codec::Result<Stage> set_up(const StageRequest& request) override {
    stage_ = std::make_unique<NativeStage>(request.profile, request.tls);
    server::RealmOptions options{.profile = request.profile, .seed = request.seed};
    Stage stage;
    for (int i = 0; i < request.ports; ++i) stage.ports.push_back(static_cast<std::uint16_t>(kFirstGivenPort + i));
    options.clients.push_back(registration(stage.ports));
    auto realm = stage_->provider.server.create_realm(std::move(options));
    if (!realm) return tl::unexpected(realm.error());
    (*realm)->choose_user(request.user);
    stage.realm = *realm;
    stage.issuer = stage.realm->configured_issuer();
    stage.resource_url = stage.realm->resource_url();
    return stage;
  }

  mimir::codec::Result<std::unique_ptr<Session>> start(const Stage&, const ClientSetup& setup) override {
    const auto pass_time = [stage = stage_.get()](std::chrono::milliseconds by) {
      stage->client_clock.advance(by);
      stage->server_clock.advance(by);
    };
    return std::make_unique<NativeSession>(stage_->provider, stage_->client_clock, pass_time, setup, options_);
  }

 private:
  static server::ClientRegistration registration(const std::vector<std::uint16_t>& ports) {
    server::ClientRegistration client{.client_id = "mockoauth-client"};
    for (const auto port : ports) client.redirect_uris.push_back("http://127.0.0.1:" + std::to_string(port) + "/callback");
    if (ports.empty()) client.redirect_uris = {"http://127.0.0.1/callback"};
    return client;
  }

  NativeOptions options_;
  std::unique_ptr<NativeStage> stage_;
};

}  // namespace

std::unique_ptr<Driver> make_native_driver(NativeOptions options) { return std::make_unique<NativeDriver>(options); }

}  // namespace mockoauth::conformance
