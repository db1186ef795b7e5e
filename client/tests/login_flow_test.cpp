// Browser login against a scripted provider. Names in comments are those of the requirements catalogue.
#include "login_fixture.hpp"
#include "socket_helpers.hpp"

#include <algorithm>

#include <mimir/codec/pkce.hpp>

namespace mimir::oauth::testing {
namespace {

class LoginFlow : public LoginTest {
 protected:
  LoginFlow() { manager_.add_provider("mock", config()); }

  codec::Parameters authorization_parameters() {
    const auto url = codec::Url::parse(user_.opened.back());
    return *codec::Parameters::parse(*url->query());
  }
  /// The whole flow must fail with this, the page must say so, and nothing may be stored.
  Error expect_failure(const std::string& code, Category category) {
    auto result = manager_.initiate_flow("mock");
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_EQ(result.error().category, category) << result.error().message;
    EXPECT_FALSE(*manager_.stored("mock"));
    for (const auto page : user_.pages) EXPECT_EQ(page, PageOutcome::Failure);  // landing-page-truthful
    return result.error();
  }
};

TEST_F(LoginFlow, StoresWhatWasGrantedBeforeItSaysSuccess) {
  expect_discovery();
  expect_token(200, tokens());

  const auto result = manager_.initiate_flow("mock");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->access_token.expose(), "access-1");
  EXPECT_EQ(*result->expires_at, kStart + std::chrono::hours(1));
  EXPECT_EQ(result->scopes, std::vector<std::string>{"api"});  // scope-absent-means-requested
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
  EXPECT_EQ(user_.pages, std::vector{PageOutcome::Success});
}

TEST_F(LoginFlow, AuthorizationRequestIsComplete) {
  auto document = metadata();
  document.set("authorization_endpoint", "https://as.example/authorize?tenant=a%26b");
  expect_discovery(document);
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  const auto asked = authorization_parameters();
  EXPECT_FALSE(asked.repeated());                            // authorization-no-repeated-parameters
  EXPECT_EQ(asked.one("tenant"), "a&b");                     // authorization-endpoint-query-retained
  EXPECT_EQ(asked.one("response_type"), "code");             // authorization-response-type-code
  EXPECT_EQ(asked.one("client_id"), "cli");                  // authorization-client-id-sent
  EXPECT_EQ(asked.one("code_challenge_method"), "S256");     // pkce-s256-required
  EXPECT_EQ(asked.one("scope"), "api");                      // authorization-scope-as-asked
  EXPECT_EQ(asked.one("redirect_uri"), "http://127.0.0.1:49152/callback");
  EXPECT_EQ(asked.one("state")->size(), 43U);                // 256 bits: state-unguessable
  EXPECT_EQ(asked.one("state"), user_.listened.back().state.expose());
  EXPECT_FALSE(asked.one("nonce"));
}

TEST_F(LoginFlow, TokenRequestIsAPostedFormThatMatchesTheAuthorizationRequest) {
  expect_discovery();
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  const auto request = http_.requests().back();
  const auto asked = authorization_parameters();
  EXPECT_EQ(request.header("Accept"), "application/json");  // token-request-accept-json
  EXPECT_EQ(request.header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.header("Authorization"), "");           // public-client-no-secret
  EXPECT_FALSE(request.form.one("client_secret"));
  EXPECT_EQ(request.form.one("grant_type"), "authorization_code");
  EXPECT_EQ(request.form.one("code"), "the-code");
  EXPECT_EQ(request.form.one("client_id"), "cli");
  EXPECT_EQ(request.form.one("redirect_uri"), asked.one("redirect_uri"));  // token-request-redirect-uri-identical
  EXPECT_EQ(request.form.one("code_verifier")->size(), 128U);
  EXPECT_EQ(codec::pkce_s256_challenge(*request.form.one("code_verifier")), asked.one("code_challenge"));
  EXPECT_EQ(request.max_redirects, 0);
}

TEST_F(LoginFlow, DrawsEverySecretAnew) {  // pkce-fresh-per-request, CH-AZ-05
  expect_discovery();
  expect_token(200, tokens());
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  const auto first = authorization_parameters();

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_NE(first.one("state"), authorization_parameters().one("state"));
  EXPECT_NE(first.one("code_challenge"), authorization_parameters().one("code_challenge"));
}

TEST_F(LoginFlow, CodeIsSentVerbatim) {  // response-code-verbatim
  const std::string code = "a+b/c=d%25&e" + std::string(4000, 'x');
  user_.play = [&](const auto&) { return Result<CallbackResult>(CallbackResult{.code = Secret(code)}); };
  expect_discovery();
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("code"), code);
}

TEST_F(LoginFlow, GoesOnWhenTheBrowserCannotBeOpened) {  // browser-open-failure
  user_.open_result = fail({.category = Category::LocalEnvironment, .code = "browser.none", .message = "no browser"});
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(texts(Event::Kind::BrowserFailed), std::vector<std::string>{"no browser"});
  ASSERT_EQ(texts(Event::Kind::AuthorizationUrl).size(), 1U);
  EXPECT_EQ(texts(Event::Kind::AuthorizationUrl).front(), user_.opened.front());
}

TEST_F(LoginFlow, DenialIsTheUsersOwn) {  // response-error-access-denied
  user_.play = [](const auto&) { return Result<CallbackResult>(CallbackResult{.error = "access_denied"}); };
  expect_discovery();

  expect_failure("access_denied", Category::UserDeclined);
}

TEST_F(LoginFlow, UnknownErrorIsFatalAndShownInert) {  // response-error-unknown-code, response-error-text-inert
  user_.play = [](const auto&) {
    return Result<CallbackResult>(CallbackResult{.error = "blue_moon", .error_description = "\x1b[31mred\r\nx"});
  };
  expect_discovery();

  const auto error = expect_failure("blue_moon", Category::ProviderBroken);

  EXPECT_NE(error.message.find("blue_moon"), std::string::npos);
  EXPECT_EQ(error.message.find_first_of("\x1b\r\n"), std::string::npos);
}

TEST_F(LoginFlow, RefusesAnswersFromAnotherIssuer) {  // iss-unadvertised-mismatch-rejected, iss-no-normalisation
  expect_discovery();
  for (const auto* iss : {"https://evil.example", "https://as.example/", "https://AS.example"}) {
    user_.play = [iss](const auto&) { return Result<CallbackResult>(PlayedUser::consent(iss)); };
    expect_failure("iss.mismatch", Category::AttackSuspected);
  }
}

TEST_F(LoginFlow, ChecksTheIssuerBeforeItBelievesAnError) {  // iss-checked-on-errors
  user_.play = [](const auto&) {
    return Result<CallbackResult>(CallbackResult{.error = "access_denied", .iss = "https://evil.example"});
  };
  expect_discovery();

  expect_failure("iss.mismatch", Category::AttackSuspected);
}

TEST_F(LoginFlow, RefusesASilentAnswerWhenIssWasPromised) {  // iss-missing-when-advertised
  auto document = metadata();
  document.set("authorization_response_iss_parameter_supported", true);
  expect_discovery(document);

  expect_failure("iss.missing", Category::AttackSuspected);

  user_.play = [](const auto&) { return Result<CallbackResult>(PlayedUser::consent(std::string(kIssuer))); };
  expect_token(200, tokens());
  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(LoginFlow, InvalidGrantIsNotRetried) {  // error-invalid-grant-not-retried: a second request fails the script
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant","error_description":"verifier"})");

  const auto error = expect_failure("invalid_grant", Category::ProviderBroken);

  EXPECT_NE(error.message.find("refused the authorization code or its PKCE verifier"), std::string::npos);
}

TEST_F(LoginFlow, LostAnswerDoesNotSendTheCodeAgain) {  // response-code-used-once
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::Maybe); });

  EXPECT_EQ(expect_failure("http.broken", Category::TryLater).hint,
            "Start the login again; the code is never sent twice.");
}

TEST_F(LoginFlow, ConfidentialClientUsesBasicWithEncodedParts) {  // client-auth-basic-encoding, metadata-auth-methods-default
  auto confidential = config();
  confidential.client_id = "a:b";
  confidential.client_secret = Secret("p%+ \xC3\xA9");
  manager_.add_provider("mock", std::move(confidential));
  expect_discovery();
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  const auto request = http_.requests().back();
  EXPECT_EQ(request.header("Authorization"), "Basic YSUzQWI6cCUyNSUyQislQzMlQTk=");  // a%3Ab:p%25%2B+%C3%A9
  EXPECT_FALSE(request.form.one("client_id"));      // token-request-one-auth-method
  EXPECT_FALSE(request.form.one("client_secret"));
}

TEST_F(LoginFlow, ConfidentialClientPostsItsSecretWhereOnlyThatIsOffered) {  // client-auth-method-as-registered
  auto confidential = config();
  confidential.client_secret = Secret("s3cret");
  manager_.add_provider("mock", std::move(confidential));
  auto document = metadata();
  document.set("token_endpoint_auth_methods_supported", codec::Json::array({"client_secret_post"}));
  expect_discovery(document);
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_secret"), "s3cret");
  EXPECT_EQ(http_.requests().back().header("Authorization"), "");
  EXPECT_EQ(user_.opened.back().find("s3cret"), std::string::npos);  // authorization-no-secret-in-url
}

TEST_F(LoginFlow, InvalidClientIsNotRetriedAnotherWay) {  // client-auth-no-fallback-leak, error-invalid-client-not-retried
  auto confidential = config();
  confidential.client_secret = Secret("s3cret");
  manager_.add_provider("mock", std::move(confidential));
  expect_discovery();
  expect_token(401, R"({"error":"invalid_client"})");

  const auto error = expect_failure("invalid_client", Category::Misconfigured);

  EXPECT_EQ((error.message + error.hint).find("s3cret"), std::string::npos);
}

TEST_F(LoginFlow, NarrowedScopeIsRecordedAndTold) {  // scope-narrowed-noticed, scope-order-ignored
  manager_.add_provider("mock", config({"read", "write", "admin"}));
  expect_discovery();
  expect_token(200, R"({"access_token":"a","token_type":"bEaReR","scope":"write read"})");  // token-type-case-insensitive

  const auto result = manager_.initiate_flow("mock");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->scopes, (std::vector<std::string>{"write", "read"}));
  EXPECT_EQ(texts(Event::Kind::Warning),
            std::vector<std::string>{"less was granted than asked for; missing: admin"});
}

TEST_F(LoginFlow, NoBrowserOpensWhenTheStoreCannotKeepALogin) {  // CH-RF-16, CH-ST: probe first
  ::testing::NiceMock<MockTokenStorage> storage;
  EXPECT_CALL(storage, probe).WillOnce([] {
    return Result<>(fail({.category = Category::LocalEnvironment, .code = "storage.readonly", .message = "read-only"}));
  });
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = storage, .clock = clock_,
                        .random = random_});
  manager.add_provider("mock", config());

  const auto result = manager.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "storage.readonly");
  EXPECT_TRUE(user_.opened.empty());
}

/// A storage that turns full after a good probe, in front of one that is not.
class LoginToAFullStorage : public LoginFlow {
 protected:
  void log_in_while_full() {
    ON_CALL(front_, load).WillByDefault([this](const auto& name) { return storage_->load(name); });
    ON_CALL(front_, lock).WillByDefault([this](const auto& name, auto wait, auto stop) { return storage_->lock(name, wait, stop); });
    ON_CALL(front_, store).WillByDefault([this](const auto& name, const auto& login, auto generation) -> Result<std::uint64_t> {
      if (!full_) return storage_->store(name, login, generation);
      return fail({.category = Category::LocalEnvironment, .code = "storage.full", .message = "It is full.", .hint = "Make room."});
    });
    in_front_.add_provider("mock", config());
    expect_discovery();
    expect_token(200, tokens());
    result_ = in_front_.initiate_flow("mock");
    full_ = false;
  }

  ::testing::NiceMock<MockTokenStorage> front_;
  bool full_ = true;
  std::vector<Event::Kind> told_;
  OAuthManager in_front_{{.http = http_, .browser = user_, .callbacks = user_, .storage = front_, .clock = clock_,
                          .random = random_, .events = [this](const Event& event) { told_.push_back(event.kind); }}};
  std::optional<Result<OAuthTokens>> result_;
};

TEST_F(LoginToAFullStorage, ALoginThatCouldNotBeSavedDoesNotReplaceOneOfSomebodyElse) {  // CH-ST-05
  log_in_while_full();
  ASSERT_FALSE(*result_);
  StoredLogin other{.config = config(), .tokens = {.access_token = Secret("of-another-process"), .token_type = "Bearer"}};
  other.tokens.expires_at = kStart + std::chrono::hours(1);
  other.tokens.obtained_at = kStart;
  other.tokens.scopes = {"api"};
  ASSERT_TRUE(storage_->store("mock", other, 0));

  const Secret none("none");
  const auto later = in_front_.refresh_token("mock", {}, &none);

  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->access_token.expose(), "of-another-process");
}

TEST_F(LoginToAFullStorage, ALoginThatCannotBeSavedIsNoSuccessAndNotThrownAway) {  // CH-ST-05: it fails after a good probe
  log_in_while_full();
  const auto& result = *result_;

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "storage.full");
  EXPECT_EQ(result.error().message, "You are logged in, but the login is not saved. It is full.");
  EXPECT_EQ(result.error().hint, "Make room.");
  EXPECT_NE(user_.pages, std::vector{PageOutcome::Success});
  EXPECT_EQ(std::count(told_.begin(), told_.end(), Event::Kind::Stored), 0);  // CH-CL-11

  const Secret none("none");
  const auto later = in_front_.refresh_token("mock", {}, &none);  // without a request: the script has no more answers
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->access_token.expose(), "access-1");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
}

TEST_F(LoginFlow, FailingRandomSourceEndsTheFlow) {  // CH-AZ-02
  class NoRandom final : public Random {
    codec::Result<> fill(std::span<std::uint8_t>) override { return codec::fail("random.unavailable", "no entropy"); }
  } random;
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                        .random = random});
  manager.add_provider("mock", config());
  expect_discovery();

  const auto result = manager.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "random.unavailable");
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(LoginFlow, RequestedStopEndsBeforeTheCodeIsSent) {
  std::stop_source stop;
  user_.play = [&](const auto&) {
    stop.request_stop();
    return Result<CallbackResult>(PlayedUser::consent());
  };
  expect_discovery();

  const auto result = manager_.initiate_flow("mock", {.stop = stop.get_token()});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::Cancelled);
}

TEST_F(LoginFlow, AnInterruptLeavesNothingBehind) {  // interrupt-clean
  std::stop_source stop;
  MockBrowser browser;
  std::string redirect_uri;
  EXPECT_CALL(browser, open).WillOnce([&](const std::string& url) {
    redirect_uri = codec::Parameters::parse(*codec::Url::parse(url)->query())->one("redirect_uri").value_or("");
    stop.request_stop();
    return Result<>();
  });
  const auto callbacks = make_callback_server_factory();
  OAuthManager manager({.http = http_,
                        .browser = browser,
                        .callbacks = *callbacks,
                        .storage = *storage_,
                        .clock = clock_,
                        .random = random_});
  manager.add_provider("mock", config());
  expect_discovery();

  const auto result = manager.initiate_flow("mock", {.stop = stop.get_token()});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::Cancelled);
  EXPECT_FALSE(*storage_->load("mock"));
  EXPECT_LT(connect_to(port_of(redirect_uri)).get(), 0) << redirect_uri << " is still served";
}

TEST_F(LoginFlow, UnknownProviderIsNamed) {
  const auto result = manager_.initiate_flow("nobody");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "provider.unknown");
}

}  // namespace
}  // namespace mimir::oauth::testing
