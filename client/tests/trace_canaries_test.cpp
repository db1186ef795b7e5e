// CH-LG-05: every secret of whole logins is marked or noted as it passes by, then looked for in everything that the client
// has written or said.
#include <mimir/oauth/token_source.hpp>
#include <mimir/oauth/trace.hpp>

#include "login_fixture.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

class TraceCanaries : public LoginTest {
 protected:
  TraceCanaries() {
    trace_ = *open_trace_file({.folder = folder_ / "state"}, clock_, system_random_);
    traced_http_ = make_traced_transport(http_, *trace_);
    traced_storage_ = make_traced_storage(*storage_, *trace_);
    traced_ = std::make_unique<OAuthManager>(Seams{.http = *traced_http_,
                                                   .browser = user_,
                                                   .callbacks = user_,
                                                   .storage = *traced_storage_,
                                                   .clock = clock_,
                                                   .random = random_,
                                                   .events = traced_events(*trace_, [this](const Event& event) { hear(event); }),
                                                   .waiter = &waiter_});
    auto confidential = config({"openid", "api"});
    confidential.client_secret = Secret(planted("client-secret"));
    confidential.endpoints.device_authorization = "https://as.example/device";
    traced_->add_provider("mock", std::move(confidential));
  }

  /// A new marked secret.
  std::string planted(const std::string& kind) {
    note(kind, "CANARY-" + kind + "-" + std::to_string(secrets_.size()));
    return secrets_.back().second;
  }
  /// A secret that the client has drawn itself.
  void note(const std::string& kind, const std::optional<std::string>& value) {
    ASSERT_TRUE(value && value->size() >= 8) << kind;
    secrets_.emplace_back(kind, *value);
  }

  /// What a terminal would show. The two lines that the user must copy hold what they must.
  void hear(const Event& event) {
    if (event.kind != Event::Kind::AuthorizationUrl && event.kind != Event::Kind::DeviceCode) said_ += event.text + '\n';
  }
  template <class T>
  void hear(const Result<T>& result) {
    if (result) return;
    const auto& error = result.error();
    trace_error(*trace_, error);
    said_ += error.code + error.message + error.hint + error.spec + '\n';
    if (error.http) said_ += error.http->url + error.http->oauth_error + error.http->description + '\n';
  }

  /// Kinds of the secrets that are found in what was said or in any file of the trace.
  std::vector<std::string> leaked() const {
    auto all = said_;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) all += read_file(entry.path());
    }
    std::vector<std::string> found;
    for (const auto& [kind, secret] : secrets_) {
      if (all.find(secret) != std::string::npos) found.push_back(kind);
    }
    return found;
  }

  void expect_login(const std::string& access, const std::string& refresh) {
    user_.play = [this](const codec::Parameters& request) {
      note("state", request.one("state"));
      note("nonce", request.one("nonce"));
      return Result<CallbackResult>(CallbackResult{.code = Secret(planted("code"))});
    };
    http_.expect("POST", "https://as.example/token", [this, access, refresh](const RecordedRequest& request) {
      note("verifier", request.form.one("code_verifier"));
      note("authorization", request.header("Authorization"));
      const auto nonce = codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query())->one("nonce");
      const auto id_token = make_id_token(*nonce);
      note("id_token", id_token);
      auto body = *codec::Json::parse(tokens(access, refresh));
      body.set("id_token", id_token);
      return answer(200, body.dump(), "application/json", {{"Set-Cookie", "session=" + planted("cookie")}});
    });
    http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
  }

  TemporaryFolder folder_;
  SystemRandom system_random_;
  std::unique_ptr<TraceSink> trace_;
  std::unique_ptr<HttpTransport> traced_http_;
  std::unique_ptr<TokenStorage> traced_storage_;
  std::unique_ptr<OAuthManager> traced_;
  std::vector<std::pair<std::string, std::string>> secrets_;
  std::string said_;
};

TEST_F(TraceCanaries, NoSecretOfALoginIsWrittenOrSaid) {
  expect_discovery();
  expect_login(planted("access"), planted("refresh"));
  ASSERT_TRUE(traced_->initiate_flow("mock"));
  expect_token(200, tokens(planted("access"), planted("refresh")));
  ASSERT_TRUE(traced_->refresh_token("mock"));
  TokenSource source(*traced_, "mock");
  http_.expect("GET", "https://api.example/me", [this](const RecordedRequest& request) {
    note("authorization", request.header("Authorization"));
    return answer(200, planted("answer"));
  });
  ASSERT_TRUE(source.send({.url = "https://api.example/me"}));
  // Each is followed by a failure that has the secrets in its hands.
  expect_token(400, R"({"error":"invalid_grant","error_description":"no such token","access_token":")" + planted("access") + "\"}");
  hear(traced_->refresh_token("mock"));

  EXPECT_EQ(leaked(), std::vector<std::string>{});
  EXPECT_GE(secrets_.size(), 14U);
  EXPECT_NE(said_, "");
  const auto trace = read_file(folder_ / "state/trace.jsonl");
  for (const auto* seen : {"http.request", "http.response", "storage.store", "storage.load", "authorization_url", "refreshed",
                           "\"error\"", "[secret "}) {
    EXPECT_NE(trace.find(seen), std::string::npos) << seen;
  }
}

TEST_F(TraceCanaries, NoSecretOfADeviceLoginIsWrittenOrSaid) {
  expect_discovery();
  http_.expect("POST", "https://as.example/device", 200,
               codec::Json::object({{"device_code", planted("device-code")},
                                    {"user_code", planted("user-code")},
                                    {"verification_uri", "https://as.example/go"},
                                    {"verification_uri_complete", "https://as.example/go?user_code=" + planted("user-code")},
                                    {"expires_in", 600}})
                   .dump());
  expect_token(400, R"({"error":"authorization_pending"})");
  expect_token(400, R"({"error":"access_denied","error_description":"no"})");

  hear(traced_->device_login("mock"));

  EXPECT_EQ(leaked(), std::vector<std::string>{});
  EXPECT_NE(read_file(folder_ / "state/trace.jsonl").find("https://as.example/go"), std::string::npos);
}

TEST_F(TraceCanaries, TheSearchFindsADeliberateLeak) {  // or the tests above could not fail
  const auto token = planted("access");
  const Secret secret(token);
  trace_->record("test", {{"access_token", secret}});
  ASSERT_EQ(leaked(), std::vector<std::string>{});

  trace_->record("test", {{"access_token", secret.expose()}});
  EXPECT_EQ(leaked(), std::vector<std::string>{"access"});

  const auto code = planted("code");
  hear(Event{.kind = Event::Kind::Warning, .provider = "mock", .text = code});
  EXPECT_EQ(leaked(), (std::vector<std::string>{"access", "code"}));
}

}  // namespace
}  // namespace mimir::oauth::testing
