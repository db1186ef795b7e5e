// Section 8 of the requirements catalogue: using tokens at a resource.
#include <mimir/oauth/token_source.hpp>

#include <thread>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kApi = "https://api.example/me";

class TokenSourceTest : public LoginTest {
 protected:
  TokenSource source_{manager_, "mock"};
};

TEST_F(TokenSourceTest, HandsOutAGoodTokenWithoutTheNetwork) {
  store_login("access-1", "refresh-1", std::chrono::hours(1));

  EXPECT_EQ(source_.access_token()->expose(), "access-1");
  EXPECT_EQ(source_.access_token()->expose(), "access-1");
}

TEST_F(TokenSourceTest, RenewsBeforeTheEnd) {  // refresh-before-expiry, CH-RF-11: min(300 s, a fifth of the life)
  store_login("access-1", "refresh-1", std::chrono::minutes(6));
  EXPECT_EQ(source_.access_token()->expose(), "access-1");
  clock_.advance(std::chrono::seconds(61));
  expect_discovery();
  expect_token(200, R"({"access_token":"access-2","token_type":"Bearer","expires_in":10})");
  EXPECT_EQ(source_.access_token()->expose(), "access-2");

  clock_.advance(std::chrono::seconds(7));  // a short life does not mean a refresh a call
  EXPECT_EQ(source_.access_token()->expose(), "access-2");
  clock_.advance(std::chrono::seconds(1));
  expect_token(200, tokens("access-3"));
  EXPECT_EQ(source_.access_token()->expose(), "access-3");
}

TEST_F(TokenSourceTest, OutageInTheEarlyWindowIsNoFailure) {  // CH-RF-12
  store_login("access-1", "refresh-1", std::chrono::minutes(2));
  expect_discovery();
  expect_token(503, "");

  EXPECT_EQ(source_.access_token()->expose(), "access-1");
  EXPECT_EQ(source_.access_token()->expose(), "access-1");  // and no further try at once
  EXPECT_EQ(texts(Event::Kind::Warning).size(), 1U);
}

TEST_F(TokenSourceTest, TokenOfUnknownLifetimeIsUsedUntilRefused) {  // expires-in-absent
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  auto login = *storage_->load("mock");
  login->tokens.expires_at.reset();
  ASSERT_TRUE(storage_->store("mock", *login, login->generation));
  clock_.advance(std::chrono::hours(1000));

  EXPECT_EQ(source_.access_token()->expose(), "access-1");
}

TEST_F(TokenSourceTest, ClockThatWasSetBackMeansOneRefresh) {  // CH-TM-02, refresh-clock-skew
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  clock_.advance(-std::chrono::hours(24));
  expect_discovery();
  expect_token(200, tokens("access-2"));

  EXPECT_EQ(source_.access_token()->expose(), "access-2");
  EXPECT_EQ(source_.access_token()->expose(), "access-2");
}

TEST_F(TokenSourceTest, SendsTheTokenInTheHeaderOnly) {  // bearer-in-header, bearer-one-method, bearer-not-in-url
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  http_.expect("GET", kApi, 200, "{}");

  ASSERT_TRUE(source_.send({.url = kApi, .max_redirects = 5}));

  const auto request = http_.requests().back();
  EXPECT_EQ(request.header("Authorization"), "Bearer access-1");
  EXPECT_EQ(request.max_redirects, 0);  // bearer-dropped-on-foreign-redirect
}

TEST_F(TokenSourceTest, RefusalIsAnsweredByOneRefreshAndOneMoreTry) {  // www-authenticate-invalid-token
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  http_.expect("GET", kApi, 401, "");
  expect_discovery();
  expect_token(200, tokens("access-2"));
  http_.expect("GET", kApi, 200, "hello");

  const auto response = source_.send({.url = kApi});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->body.expose(), "hello");
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer access-2");
}

TEST_F(TokenSourceTest, SecondRefusalIsTheAnswer) {  // rs-401-after-refresh-bounded
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  http_.expect("GET", kApi, 401, "");
  expect_discovery();
  expect_token(200, tokens("access-2"));
  http_.expect("GET", kApi, 401, "");

  EXPECT_EQ(source_.send({.url = kApi})->status, 401);
}

TEST_F(TokenSourceTest, ForbiddenIsLeftAlone) {  // rs-403-without-challenge
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  http_.expect("GET", kApi, 403, "");

  EXPECT_EQ(source_.send({.url = kApi})->status, 403);
}

TEST_F(TokenSourceTest, RefusesWhatWouldLeakTheToken) {  // bearer-not-over-http
  store_login("access-1", "refresh-1", std::chrono::hours(1));

  EXPECT_EQ(source_.send({.url = "http://api.example/"}).error().code, "http.insecure_url");
  EXPECT_EQ(source_.send({.url = "https://api.example/?access_token=x"}).error().code, "request.token_in_url");
  EXPECT_EQ(source_.send({.url = "file:///etc/passwd"}).error().code, "http.url_refused");
  EXPECT_EQ(source_.send({.url = kApi, .headers = {{"X", "a\r\nY: b"}}}).error().code, "http.header_refused");
  EXPECT_EQ(source_.send({.url = kApi, .headers = {{"X\r\n", "a"}}}).error().code, "http.header_refused");
  EXPECT_EQ(source_.send({.url = kApi, .headers = {{"authorization", "Basic x"}}}).error().code,
            "request.authorization");
  EXPECT_EQ(source_.send({.method = "GET /x HTTP/1.1\r\n", .url = kApi}).error().code, "http.header_refused");
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(TokenSourceTest, NeverOpensABrowserUnasked) {  // CH-RF-20
  EXPECT_EQ(source_.access_token().error().code, "login.none");

  store_login();
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");
  EXPECT_EQ(source_.access_token().error().category, Category::LoginRequired);
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(TokenSourceTest, LogsInAgainWhenAllowed) {  // invalid-grant-reauth
  store_login();
  TokenSource source(manager_, "mock", LoginPolicy::WhenNeeded);
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");
  expect_token(200, tokens("access-2", "refresh-2"));

  const auto token = source.access_token();

  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->expose(), "access-2");
  EXPECT_EQ(texts(Event::Kind::LoginNeeded),
            std::vector<std::string>{"Your access to mock has expired or was revoked."});
  EXPECT_EQ(user_.opened.size(), 1U);
}

TEST_F(TokenSourceTest, ManyThreadsShareOneRefresh) {  // CH-RF-01
  store_login();
  expect_discovery();
  expect_token(200, tokens("access-2", "refresh-2"));
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 64; ++i) {
      threads.emplace_back([&] {
        if (const auto token = source_.access_token(); token && token->expose() == "access-2") ++served;
      });
    }
  }
  EXPECT_EQ(served, 64);
}

TEST_F(TokenSourceTest, NobodyWaitsForAnEarlyRefresh) {  // CH-RF-22: the old token is good while another is fetched
  store_login("access-1", "refresh-1", std::chrono::minutes(2));
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [this](const auto&) {
    std::string others;  // while this answer is under way
    std::jthread([&] { others = std::string(source_.access_token()->expose()); }).join();
    EXPECT_EQ(others, "access-1");
    return answer(200, tokens("access-2", "refresh-2"));
  });

  EXPECT_EQ(source_.access_token()->expose(), "access-2");
  EXPECT_EQ(source_.access_token()->expose(), "access-2");
}

TEST_F(TokenSourceTest, AGoodTokenIsServedWithoutTheLock) {  // CH-RF-15: somebody else refreshes, or sleeps on the lock
  store_login("access-1", "refresh-1", std::chrono::minutes(2));
  const auto held = storage_->lock("mock", std::chrono::seconds(1), {});
  ASSERT_TRUE(held);

  EXPECT_EQ(source_.access_token()->expose(), "access-1");
  EXPECT_TRUE(texts(Event::Kind::Warning).empty());
}

TEST_F(TokenSourceTest, ForgetsItsTokenAfterLogout) {
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  ASSERT_TRUE(source_.access_token());
  expect_discovery();
  http_.expect("POST", "https://as.example/revoke", 200, "").expect("POST", "https://as.example/revoke", 200, "");
  ASSERT_TRUE(manager_.revoke_access("mock"));

  EXPECT_EQ(source_.access_token().error().code, "login.none");
}

TEST_F(TokenSourceTest, WiderScopesNeedANewLogin) {  // refresh-scope-not-widened
  store_login("access-1", "refresh-1", std::chrono::hours(1));
  manager_.add_provider("mock", config({"api", "admin"}));

  EXPECT_EQ(source_.access_token().error().code, "login.scope");
}

TEST_F(TokenSourceTest, ManyProgramsDoNotRenewInTheSameSecond) {  // CH-RF-23: from 330 to 300 s before the end
  std::vector<std::unique_ptr<TokenSource>> programs;
  for (int i = 0; i < 64; ++i) programs.push_back(std::make_unique<TokenSource>(manager_, "mock"));
  store_login("access-1", "refresh-1", std::chrono::seconds(315));
  auto login = *storage_->load("mock");
  login->tokens.obtained_at = clock_.now();
  login->tokens.expires_at = clock_.now() + std::chrono::hours(1);
  ASSERT_TRUE(storage_->store("mock", *login, login->generation));
  clock_.advance(std::chrono::hours(1) - std::chrono::seconds(315));
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [](const auto&) {  // the others are told without a request
    return answer(429, "", "text/plain", {{"Retry-After", "1000"}});
  });

  for (const auto& program : programs) EXPECT_EQ(program->access_token()->expose(), "access-1");

  const auto early = texts(Event::Kind::Warning).size();
  EXPECT_GT(early, 16U);
  EXPECT_LT(early, 48U);
}

class TokenForCertainApis : public TokenSourceTest {
 protected:
  void store_token_for(std::vector<std::string> apis) {
    auto of = config();
    of.resources = std::move(apis);
    store_login("access-1", "refresh-1", std::chrono::hours(1), std::move(of));
  }
};

TEST_F(TokenForCertainApis, GoesToTheirOriginsOnly) {  // CH-AC-06, RFC 6750 §5.3
  store_token_for({"https://other.example:8443/v1", "https://api.example/v1"});
  for (const auto* elsewhere :
       {"https://api.example.evil/me", "https://evilapi.example/me", "https://api.example:8443/me", "https://api.example./me",
        "https://other.example/me", "https://\xd0\xb0pi.example/me", "https://evil/api.example", "https://evil?https://api.example/"}) {
    const auto refused = source_.send({.url = elsewhere});
    ASSERT_FALSE(refused) << elsewhere;
    EXPECT_TRUE(refused.error().code == "request.other_api" || refused.error().code == "http.url_refused") << elsewhere;
  }
  EXPECT_EQ(source_.send({.url = "https://api.example@evil/"}).error().code, "http.url_refused");
  EXPECT_TRUE(http_.requests().empty());

  for (const auto* here : {"https://api.example/v2/me", "https://api.example:443/", "https://API.example/", "https://other.example:8443/"}) {
    http_.expect("GET", here, 200, "{}");
    EXPECT_TRUE(source_.send({.url = here})) << here;
  }
}

TEST_F(TokenForCertainApis, NamesThatAreNoAddressesBindNothing) {  // RFC 8707 §2 allows any absolute URI
  store_token_for({"urn:example:api"});
  http_.expect("GET", kApi, 200, "{}");
  EXPECT_TRUE(source_.send({.url = kApi}));
}

}  // namespace
}  // namespace mimir::oauth::testing
