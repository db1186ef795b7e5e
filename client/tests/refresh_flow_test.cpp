// Section 7 of the requirements catalogue: keeping people logged in.
#include <thread>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

class RefreshFlow : public LoginTest {};

TEST_F(RefreshFlow, SendsTheFormAndStoresTheRotatedToken) {  // refresh-request-form, refresh-rotation-persisted
  store_login();
  expect_discovery();
  expect_token(200, tokens("access-2", "refresh-2"));

  const auto result = manager_.refresh_token("mock");

  ASSERT_TRUE(result) << result.error().message;
  const auto request = http_.requests().back();
  EXPECT_EQ(request.form.one("grant_type"), "refresh_token");
  EXPECT_EQ(request.form.one("refresh_token"), "refresh-1");
  EXPECT_EQ(request.form.one("client_id"), "cli");
  EXPECT_FALSE(request.form.one("code_verifier"));  // pkce-verifier-code-grant-only
  EXPECT_FALSE(request.form.one("scope"));          // refresh-scope-not-widened
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-2");
  EXPECT_EQ(*stored_tokens().expires_at, kStart + std::chrono::hours(1));  // refresh-new-lifetime-adopted
}

TEST_F(RefreshFlow, KeepsWhatTheAnswerLeavesOut) {  // refresh-token-kept-when-not-rotated, CH-TK-10
  store_login();
  expect_discovery();
  for (const auto* body : {R"({"access_token":"a","token_type":"Bearer"})",
                           R"({"access_token":"b","token_type":"Bearer","refresh_token":null})",
                           R"({"access_token":"c","token_type":"Bearer","refresh_token":""})"}) {
    expect_token(200, body);
    ASSERT_TRUE(manager_.refresh_token("mock"));
    EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
    EXPECT_EQ(stored_tokens().scopes, std::vector<std::string>{"api"});
    EXPECT_FALSE(stored_tokens().expires_at);  // never the old expiry
  }
}

TEST_F(RefreshFlow, LessScopeThanBeforeIsRecordedAndSaid) {  // refresh-narrowed-scope-recorded
  auto wide = config({"api", "files"});
  store_login("access-1", "refresh-1", std::chrono::seconds(-60), wide.clone());
  auto login = *storage_->load("mock");
  login->tokens.scopes = {"api", "files"};
  ASSERT_TRUE(storage_->store("mock", *login, login->generation));
  expect_discovery();
  expect_token(200, R"({"access_token":"a","token_type":"Bearer","expires_in":3600,"scope":"api"})");

  const auto renewed = manager_.refresh_token("mock");

  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->scopes, std::vector<std::string>{"api"});
  EXPECT_EQ(stored_tokens().scopes, std::vector<std::string>{"api"});
  EXPECT_EQ(texts(Event::Kind::Warning), std::vector<std::string>{"less is granted than before; missing: files"});
}

TEST_F(RefreshFlow, InvalidGrantEndsTheLogin) {  // invalid-grant-reauth
  store_login();
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");

  const auto result = manager_.refresh_token("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::LoginRequired);
  EXPECT_NE(result.error().message.find("mock"), std::string::npos);
  EXPECT_NE(result.error().message.find("expired or was revoked"), std::string::npos);
  EXPECT_FALSE(*manager_.stored("mock"));
  EXPECT_FALSE(manager_.refresh_token("mock"));  // no second request: the script is at its end
}

TEST_F(RefreshFlow, InvalidGrantOfALoserKeepsTheWinnersTokens) {  // CH-RF-07
  store_login();
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [this](const auto&) {
    store_login("access-2", "refresh-2", std::chrono::hours(1));  // a writer that does not know our lock
    return answer(400, R"({"error":"invalid_grant"})");
  });

  const auto result = manager_.refresh_token("mock");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->access_token.expose(), "access-2");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-2");
}

struct Passing {
  const char* what;
  std::function<HttpOutcome()> reply;
  int requests = 1;
};

TEST_F(RefreshFlow, PassingTroubleKeepsTheLogin) {  // refresh-transient-keeps-token, refresh-html-error-keeps-token
  store_login();
  const std::vector<Passing> troubles{
      {"not reached", [] { return broken(Sent::No); }, 3},
      {"503", [] { return answer(503, "", "text/plain"); }, 3},
      {"500 with a verdict", [] { return answer(500, R"({"error":"invalid_grant"})"); }, 2},
      {"400 from a proxy", [] { return answer(400, "<html>blocked</html>", "text/html"); }},
      {"200 from a captive portal", [] { return answer(200, "<html>sign in</html>", "text/html"); }}};
  for (const auto& trouble : troubles) {
    expect_discovery();  // asked anew after each failure: endpoints may have moved
    for (int i = 0; i < trouble.requests; ++i) {
      http_.expect("POST", "https://as.example/token", [&](const auto&) { return trouble.reply(); });
    }

    const auto result = manager_.refresh_token("mock");

    ASSERT_FALSE(result) << trouble.what;
    EXPECT_EQ(result.error().category, Category::TryLater) << trouble.what;
    EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1") << trouble.what;
  }
}

TEST_F(RefreshFlow, LostAnswerIsAnsweredByOneMoreTry) {  // refresh-ambiguous-outcome, CH-RF-09: grace periods exist
  store_login();
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::Maybe); });
  expect_token(200, tokens("access-2", "refresh-2"));

  ASSERT_TRUE(manager_.refresh_token("mock"));

  EXPECT_EQ(http_.requests().back().form.one("refresh_token"), "refresh-1");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-2");
}

TEST_F(RefreshFlow, TwoLostAnswersAreSaidAndTheLoginIsKept) {  // CH-RF-09: never a loop
  store_login();
  expect_discovery();
  for (int i = 0; i < 2; ++i) {
    http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::Maybe); });
  }

  const auto result = manager_.refresh_token("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "refresh.outcome_unknown");
  EXPECT_EQ(result.error().category, Category::TryLater);
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");

  expect_discovery();  // the next call tries once, and says what a refusal means now
  expect_token(400, R"({"error":"invalid_grant"})");
  const auto next = manager_.refresh_token("mock");
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, "refresh.interrupted");
  EXPECT_EQ(next.error().category, Category::LoginRequired);
  EXPECT_NE(next.error().message.find("interrupted"), std::string::npos);
}

TEST_F(RefreshFlow, ARefusalAfterAFailedGatewayIsCalledInterrupted) {  // CH-RF-09: the server behind it may have renewed
  store_login();
  expect_discovery();
  expect_token(502, "");
  expect_token(400, R"({"error":"invalid_grant"})");

  const auto result = manager_.refresh_token("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "refresh.interrupted");
  EXPECT_EQ(result.error().category, Category::LoginRequired);
}

using Statuses = std::vector<int>;
class FailedGateway : public RefreshFlow, public ::testing::WithParamInterface<Statuses> {};

TEST_P(FailedGateway, IsRememberedByTheNextCall) {  // CH-RF-09
  store_login();
  expect_discovery();
  for (const int status : GetParam()) expect_token(status, "");
  EXPECT_EQ(manager_.refresh_token("mock").error().category, Category::TryLater);

  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");
  EXPECT_EQ(manager_.refresh_token("mock").error().code, "refresh.interrupted");
}

INSTANTIATE_TEST_SUITE_P(Statuses, FailedGateway,
                         ::testing::Values(Statuses{500, 500}, Statuses{502, 502}, Statuses{504, 504},
                                           Statuses{502, 503, 503}, Statuses{503, 502}));

TEST_F(RefreshFlow, AServerThatDidNothingSpentNothing) {  // CH-RF-09
  store_login();
  expect_discovery();
  for (int i = 0; i < 3; ++i) expect_token(503, "");
  ASSERT_FALSE(manager_.refresh_token("mock"));
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "invalid_grant");
}

TEST_F(RefreshFlow, RequestThatWasNotSentSpentNothing) {  // CH-RF-09
  store_login();
  expect_discovery();
  for (int i = 0; i < 3; ++i) {
    http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::No); });
  }
  ASSERT_FALSE(manager_.refresh_token("mock"));
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "invalid_grant");  // not called interrupted
}

TEST_F(RefreshFlow, StormEndsInAClearError) {  // CH-RF-13
  store_login();
  for (int i = 0; i < 20; ++i) {
    expect_discovery();
    expect_token(501, "");
    ASSERT_FALSE(manager_.refresh_token("mock"));
  }

  const auto braked = manager_.refresh_token("mock");  // no request

  ASSERT_FALSE(braked);
  EXPECT_EQ(braked.error().code, "refresh.too_often");
  EXPECT_EQ(braked.error().category, Category::TryLater);
  EXPECT_EQ(braked.error().retry_after, std::chrono::seconds(30));
  clock_.advance(std::chrono::seconds(30));
  expect_discovery();
  expect_token(200, tokens("access-2"));
  EXPECT_TRUE(manager_.refresh_token("mock"));
}

TEST_F(RefreshFlow, AClockThatIsSetEndsNoCall) {  // CH-TM-01: deadlines run on the monotonic one
  for (const auto jump : {std::chrono::hours(24), -std::chrono::hours(24)}) {
    store_login();
    expect_discovery();
    http_.expect("POST", "https://as.example/token", [&](const auto&) {
      clock_.advance(jump);
      return answer(200, tokens("access-2"));
    });

    const auto renewed = manager_.refresh_token("mock", {.timeout = std::chrono::minutes(1)});

    ASSERT_TRUE(renewed) << renewed.error().message;
    EXPECT_EQ(*renewed->expires_at, clock_.now() + std::chrono::hours(1));  // and expiry is of the clock that was set
    ASSERT_TRUE(storage_->erase("mock"));
  }
}

TEST_F(RefreshFlow, ADeadlineNeedsNoClockToMove) {  // CH-TM-01
  store_login();
  const auto late = manager_.refresh_token("mock", {.timeout = std::chrono::milliseconds(0)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().category, Category::TryLater);
}

TEST_F(RefreshFlow, WrongClockIsSaidOnce) {  // CH-TM-03
  store_login();
  expect_discovery();
  for (int i = 0; i < 2; ++i) {
    http_.expect("POST", "https://as.example/token", [](const auto&) {
      return answer(200, tokens("access-2"), "application/json", {{"Date", "Mon, 23 Nov 2026 22:59:00 GMT"}});
    });
    ASSERT_TRUE(manager_.refresh_token("mock"));
  }

  EXPECT_EQ(texts(Event::Kind::Warning),
            std::vector<std::string>{"this computer's clock is 61 minutes ahead of the provider's"});
}

TEST_F(RefreshFlow, DoesNotAskBeforeRetryAfterHasPassed) {  // retry-after-honoured
  store_login();
  expect_discovery();
  http_.expect("POST", "https://as.example/token",
               [](const auto&) { return answer(429, "", "text/plain", {{"Retry-After", "60"}}); });
  ASSERT_EQ(manager_.refresh_token("mock").error().retry_after, std::chrono::seconds(60));

  clock_.advance(std::chrono::seconds(59));
  EXPECT_EQ(manager_.refresh_token("mock").error().retry_after, std::chrono::seconds(1));  // no request

  clock_.advance(std::chrono::seconds(1));
  expect_discovery();
  expect_token(200, tokens("access-2"));
  EXPECT_TRUE(manager_.refresh_token("mock"));
}

TEST_F(RefreshFlow, ARateLimitOfOneLoginIsNotAnothers) {  // CH-NT-18
  store_login();
  auto other = *storage_->load("mock");
  other->tokens.refresh_token = Secret("other-refresh");
  ASSERT_TRUE(storage_->store("other", *other, 0));
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [](const auto&) {
    return answer(429, "", "text/plain", {{"Retry-After", "60"}});
  });
  EXPECT_EQ(manager_.refresh_token("mock").error().category, Category::TryLater);
  expect_discovery();  // what is known of a server that failed is asked for again
  expect_token(200, tokens("other-2", "other-refresh-2"));

  EXPECT_TRUE(manager_.refresh_token("other"));
  EXPECT_EQ(http_.requests().back().form.one("refresh_token"), "other-refresh");
  const auto sent = http_.requests().size();
  EXPECT_EQ(manager_.refresh_token("mock").error().category, Category::TryLater);
  EXPECT_EQ(http_.requests().size(), sent);
}

TEST_F(RefreshFlow, InvalidClientIsAMisconfigurationAndKeepsTheLogin) {
  store_login();
  expect_discovery();
  expect_token(401, R"({"error":"invalid_client"})");

  EXPECT_EQ(manager_.refresh_token("mock").error().category, Category::Misconfigured);
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
}

TEST_F(RefreshFlow, AdoptsWhatAnotherProcessStored) {  // refresh-single-flight-processes, CH-RF-03
  store_login("access-2", "refresh-2", std::chrono::hours(1));
  const Secret old("access-1");

  const auto result = manager_.refresh_token("mock", {}, &old);

  ASSERT_TRUE(result);
  EXPECT_EQ(result->access_token.expose(), "access-2");
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(RefreshFlow, WithoutARefreshTokenAsksForLogin) {  // refresh-absent
  store_login("access-1", "");

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "refresh.no_token");
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(RefreshFlow, AccessThatIsStillGoodIsNotCalledExpired) {  // refresh-absent
  store_login("access-1", "", std::chrono::hours(1));
  EXPECT_EQ(manager_.refresh_token("mock").error().message.find("expired"), std::string::npos);

  store_login("access-1", "", -std::chrono::hours(1));
  EXPECT_NE(manager_.refresh_token("mock").error().message.find("expired"), std::string::npos);
}

TEST_F(RefreshFlow, AccessThatAnApiRefusedIsNotCalledGood) {  // refresh-absent
  store_login("access-1", "", std::chrono::hours(1));
  const Secret refused("access-1");

  EXPECT_NE(manager_.refresh_token("mock", {}, &refused).error().message.find("expired"), std::string::npos);
}

TEST_F(RefreshFlow, ManyThreadsMakeOneRequest) {  // refresh-single-flight, CH-RF-01
  store_login();
  expect_discovery();
  expect_token(200, tokens("access-2", "refresh-2"));  // a second request would fail the script
  const Secret old("access-1");
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 64; ++i) {
      threads.emplace_back([&] {
        const auto result = manager_.refresh_token("mock", {}, &old);
        if (result && result->access_token.expose() == "access-2") ++served;
      });
    }
  }
  EXPECT_EQ(served, 64);
}

TEST_F(RefreshFlow, StoreThatFailsDoesNotBurnTheRotatedToken) {  // CH-RF-16
  class FlakyStorage final : public TokenStorage {
   public:
    explicit FlakyStorage(TokenStorage& inner) : inner_(inner) {}
    bool full = false;
    Result<> probe() override { return inner_.probe(); }
    Result<std::optional<StoredLogin>> load(const std::string& p) override { return inner_.load(p); }
    Result<std::uint64_t> store(const std::string& p, const StoredLogin& login, std::uint64_t g) override {
      if (full) return fail({.category = Category::LocalEnvironment, .code = "storage.full", .message = "full"});
      return inner_.store(p, login, g);
    }
    Result<> erase(const std::string& p) override { return inner_.erase(p); }
    Result<std::vector<std::string>> providers() override { return inner_.providers(); }
    Result<std::unique_ptr<Lock>> lock(const std::string& p, std::chrono::milliseconds t, std::stop_token s) override {
      return inner_.lock(p, t, s);
    }
    std::string description() const override { return "flaky"; }

   private:
    TokenStorage& inner_;
  } storage(*storage_);
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = storage, .clock = clock_,
                        .random = random_});
  store_login();
  expect_discovery();
  expect_token(200, tokens("access-2", "refresh-2"));
  storage.full = true;
  ASSERT_EQ(manager.refresh_token("mock").error().code, "storage.full");

  storage.full = false;
  const Secret old("access-1");
  const auto result = manager.refresh_token("mock", {}, &old);  // no request with refresh-1 again

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->access_token.expose(), "access-2");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-2");
}

TEST_F(RefreshFlow, LogoutMeanwhileRevokesWhatTheRefreshBrought) {  // CH-RF-18
  store_login();
  expect_discovery();
  std::jthread logout;
  Result<RevokeReport> report;
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    std::atomic<bool> begun{false};
    logout = std::jthread([&] {
      begun = true;
      report = manager_.revoke_access("mock");  // waits for the lock of the login
    });
    while (!begun) std::this_thread::yield();
    return answer(200, tokens("access-2", "refresh-2"));
  });
  for (int i = 0; i < 2; ++i) http_.expect("POST", "https://as.example/revoke", 200, "");

  ASSERT_TRUE(manager_.refresh_token("mock"));
  logout.join();

  ASSERT_TRUE(report) << report.error().message;
  const auto requests = http_.requests();
  EXPECT_EQ(requests[2].form.one("token"), "refresh-2");
  EXPECT_EQ(requests[3].form.one("token"), "access-2");
  EXPECT_FALSE(*manager_.stored("mock"));
}

TEST_F(RefreshFlow, IsToldOnceItIsStored) {  // CH-RF-28
  std::string stored_then;
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                        .random = random_, .events = [&](const Event& event) {
                          if (event.kind != Event::Kind::Refreshed) return;
                          EXPECT_EQ(event.provider, "mock");
                          stored_then += stored_tokens().refresh_token->expose();
                        }});
  store_login();
  expect_discovery();
  expect_token(200, tokens("access-2", "refresh-2"));

  ASSERT_TRUE(manager.refresh_token("mock"));

  EXPECT_EQ(stored_then, "refresh-2");
}

TEST_F(RefreshFlow, LoginOfAnotherIssuerIsNotUsed) {  // tokens-kept-per-issuer-client-scope, refresh-token-to-issuer-only
  store_login();
  auto other = config();
  other.issuer = "https://other.example";
  manager_.add_provider("mock", std::move(other));

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "login.other_client");
  EXPECT_TRUE(http_.requests().empty());
}

}  // namespace
}  // namespace mimir::oauth::testing
