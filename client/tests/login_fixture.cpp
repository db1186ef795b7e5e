#include "login_fixture.hpp"

#include <mimir/codec/jws.hpp>

namespace mimir::oauth::testing {

class PlayedUser::Receiver final : public CallbackReceiver {
 public:
  explicit Receiver(PlayedUser& user) : user_(user) {}
  Result<std::string> listen(const CallbackOptions& options) override {
    user_.listened.push_back({.redirect_uri = options.redirect_uri,
                              .alternative_ports = options.alternative_ports,
                              .state = options.state.clone()});
    return std::string("http://127.0.0.1:49152/callback");
  }
  Result<CallbackResult> wait(std::chrono::milliseconds, std::stop_token) override {
    const auto url = codec::Url::parse(user_.opened.back());
    return user_.play(*codec::Parameters::parse(url->query().value_or("")));
  }
  void finish(PageOutcome outcome) override { user_.pages.push_back(outcome); }

 private:
  PlayedUser& user_;
};

Result<> PlayedUser::open(const std::string& url) {
  opened.push_back(url);
  return open_result;
}

std::unique_ptr<CallbackReceiver> PlayedUser::create() { return std::make_unique<Receiver>(*this); }

LoginTest::LoginTest()
    : manager_({.http = http_,
                .browser = user_,
                .callbacks = user_,
                .storage = *storage_,
                .clock = clock_,
                .random = random_,
                .events = [this](const Event& event) {
                  const std::lock_guard lock(events_mutex_);
                  events_.push_back(event);
                },
                .waiter = &waiter_}) {}

OAuthConfig LoginTest::config(std::vector<std::string> scopes) {
  return {.issuer = std::string(kIssuer), .client_id = "cli", .scopes = std::move(scopes)};
}

codec::Json LoginTest::metadata() {
  return codec::Json::object({{"issuer", kIssuer},
                              {"authorization_endpoint", "https://as.example/authorize"},
                              {"token_endpoint", "https://as.example/token"},
                              {"revocation_endpoint", "https://as.example/revoke"},
                              {"jwks_uri", "https://as.example/jwks"}});
}

void LoginTest::expect_discovery(const codec::Json& document) {
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document.dump());
}

void LoginTest::expect_token(int status, const std::string& body, const std::string& type) {
  http_.expect("POST", "https://as.example/token", status, body, type);
}

std::string LoginTest::tokens(const std::string& access, const std::string& refresh) {
  auto body = codec::Json::object({{"access_token", access}, {"token_type", "Bearer"}, {"expires_in", 3600}});
  if (!refresh.empty()) body.set("refresh_token", refresh);
  return body.dump();
}

void LoginTest::store_login(const std::string& access, const std::string& refresh, std::chrono::seconds expires_in,
                            OAuthConfig of) {
  const auto now = clock_.now();
  StoredLogin login{.config = std::move(of),
                    .tokens = {.access_token = Secret(access),
                               .token_type = "Bearer",
                               .expires_at = now + expires_in,
                               .obtained_at = now - std::chrono::hours(1),
                               .scopes = {"api"}}};
  if (!refresh.empty()) login.tokens.refresh_token = Secret(refresh);
  const auto before = storage_->load("mock");
  ASSERT_TRUE(storage_->store("mock", login, *before ? (*before)->generation : 0));
}

OAuthTokens LoginTest::stored_tokens() {
  auto login = storage_->load("mock");
  if (!login || !*login) return {};
  return std::move((*login)->tokens);
}

std::vector<std::string> LoginTest::texts(Event::Kind kind) const {
  std::vector<std::string> found;
  for (const auto& event : events_) {
    if (event.kind == kind) found.push_back(event.text);
  }
  return found;
}

const codec::Key& provider_key() {
  static const auto key = *codec::Key::generate(codec::JwsAlgorithm::ES256, "k1");
  return key;
}

std::string provider_jwks() {
  return codec::Json::object({{"keys", codec::Json::array({*provider_key().public_jwk()})}}).dump();
}

std::string make_id_token(const std::string& nonce, const std::function<void(codec::Json&)>& change,
                          const codec::Json& header) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch()).count();
  auto claims = codec::Json::object({{"iss", kIssuer},
                                     {"sub", "ada"},
                                     {"aud", "cli"},
                                     {"exp", std::int64_t{now + 3600}},
                                     {"iat", std::int64_t{now}}});
  if (!nonce.empty()) claims.set("nonce", nonce);
  if (change) change(claims);
  return *codec::jws_sign_raw(header.dump(), claims.dump(), codec::JwsAlgorithm::ES256, provider_key());
}

}  // namespace mimir::oauth::testing
