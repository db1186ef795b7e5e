// Rules of a login that no other test names. Names in comments are those of the requirements catalogue and the hazards.
#include <set>

#include <mimir/codec/jws.hpp>
#include <mimir/oauth/callback_session.hpp>

#include "internal/authorization_request.hpp"
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

class LoginRules : public LoginTest {
 protected:
  LoginRules() { manager_.add_provider("mock", config()); }
  codec::Parameters asked() { return *codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query()); }
  /// Everything that was said to anybody but the server.
  std::string all_said(const Result<OAuthTokens>& result) {
    std::string said;
    for (const auto& event : events_) said += event.text + '\n';
    for (const auto& url : user_.opened) said += url + '\n';
    for (const auto& request : http_.requests()) said += request.url + '\n';
    if (!result) said += result.error().message + result.error().hint + result.error().code + result.error().spec;
    if (!result && result.error().http) {
      said += result.error().http->url + result.error().http->description + result.error().http->oauth_error;
    }
    return said;
  }
};

struct Ending {
  const char* error;
  Category category;
};
class AuthorizationError : public LoginRules, public ::testing::WithParamInterface<Ending> {};

// CH-AZ-12, pkce-no-plain-downgrade, response-temporarily-unavailable-bounded: one browser, no second, weaker try.
TEST_P(AuthorizationError, HasItsOwnOutcomeAndIsNotTriedAgain) {
  user_.play = [](const auto&) { return Result<CallbackResult>(CallbackResult{.error = GetParam().error}); };
  expect_discovery();

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, GetParam().error);
  EXPECT_EQ(result.error().category, GetParam().category);
  EXPECT_FALSE(result.error().hint.empty());
  EXPECT_EQ(user_.opened.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Table, AuthorizationError,
                         ::testing::Values(Ending{"access_denied", Category::UserDeclined},
                                           Ending{"invalid_request", Category::Misconfigured},
                                           Ending{"invalid_scope", Category::Misconfigured},
                                           Ending{"login_required", Category::LoginRequired},
                                           Ending{"interaction_required", Category::LoginRequired},
                                           Ending{"server_error", Category::TryLater},
                                           Ending{"temporarily_unavailable", Category::TryLater},
                                           Ending{"never_heard_of", Category::ProviderBroken}));

TEST_F(LoginRules, SendsS256AndStateWhateverTheMetadataSaysOfPkce) {  // pkce-metadata-plain-only, pkce-metadata-absent
  for (const codec::Json& methods : {codec::Json(nullptr), codec::Json::array({"plain"}), codec::Json::array({})}) {
    auto document = metadata();
    document.set("code_challenge_methods_supported", methods);
    expect_discovery(document);
    expect_token(200, tokens());
    ASSERT_TRUE(manager_.initiate_flow("mock"));
    EXPECT_EQ(asked().one("code_challenge_method"), "S256");
    EXPECT_TRUE(asked().one("state"));
    clock_.advance(std::chrono::hours(2));
  }
}

TEST_F(LoginRules, AcceptsAnIssuerThatMatchesUnasked) {  // iss-unadvertised-match: accepted by local policy
  user_.play = [](const auto&) { return Result<CallbackResult>(PlayedUser::consent(std::string(kIssuer))); };
  expect_discovery();
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(LoginRules, AccessTokensAreOpaque) {  // access-token-opaque, CH-TK-14
  const auto key = *codec::Key::generate(codec::JwsAlgorithm::ES256);
  const auto looks_expired =
      *codec::jws_sign(codec::Json::object({{"alg", "ES256"}}), R"({"exp":1,"sub":"eve","scope":"nothing"})", key);
  expect_discovery();
  expect_token(200, tokens(looks_expired));

  const auto result = manager_.initiate_flow("mock");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->access_token.expose(), looks_expired);
  EXPECT_EQ(*result->expires_at, kStart + std::chrono::hours(1));
  EXPECT_TRUE(manager_.is_token_valid(*result));
}

// tokens-not-in-output, pkce-verifier-secret, authorization-no-secret-in-url, token-request-nothing-in-url, CH-LG-02,
// CH-LG-04, CH-BR-12, CH-NT-17: a marked value of each kind, through a success and through every kind of failure after it.
TEST_F(LoginRules, NoSecretIsSaidToAnybodyButTheServer) {
  user_.play = [](const auto&) { return Result<CallbackResult>(CallbackResult{.code = Secret("CANARY-code")}); };
  auto confidential = config();
  confidential.client_secret = Secret("CANARY-secret");
  manager_.add_provider("mock", std::move(confidential));
  const std::string body = R"({"access_token":"CANARY-at","refresh_token":"CANARY-rt","token_type":")";
  const std::vector<std::pair<int, std::string>> answers{{200, body + R"(Bearer","expires_in":"x"})"},
                                                         {200, body + R"(mac"})"},
                                                         {400, body + R"(Bearer","error":"invalid_grant"})"},
                                                         {200, body.substr(0, 60)},
                                                         {500, body},
                                                         {200, "<html>" + body}};
  for (const auto& [status, text] : answers) {
    expect_discovery();
    expect_token(status, text);
    const auto result = manager_.initiate_flow("mock");
    const auto said = all_said(result);
    EXPECT_EQ(said.find("CANARY"), std::string::npos) << said;
    const auto verifier = http_.requests().back().form.one("code_verifier");
    ASSERT_TRUE(verifier);
    EXPECT_EQ(said.find(*verifier), std::string::npos);
    clock_.advance(std::chrono::hours(2));
  }
}

TEST_F(LoginRules, NothingOfAFailedAnswerReplacesAStoredLogin) {  // CH-TK-04
  store_login("good-access", "good-refresh", std::chrono::hours(1));
  const std::vector<std::tuple<int, std::string, std::string>> answers{
      {200, "<html>sign in</html>", "text/html"}, {502, "bad gateway", "text/plain"}, {200, "", "application/json"},
      {200, R"({"access_token":"a","token_type":"Bea)", "application/json"},
      {200, R"({"error":"server_error"})", "application/json"}};
  for (const auto& [status, text, type] : answers) {
    expect_discovery();
    expect_token(status, text, type);
    EXPECT_FALSE(manager_.initiate_flow("mock"));
    EXPECT_EQ(stored_tokens().access_token.expose(), "good-access");
    EXPECT_EQ(stored_tokens().refresh_token->expose(), "good-refresh");
    clock_.advance(std::chrono::hours(2));
  }
}

TEST(LoginSecrets, AreUnguessableAndIndependent) {  // pkce-verifier-entropy, state-unguessable, idtoken-nonce-fresh, CH-AZ-01, -02, -05
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto secrets = internal::draw_login_secrets(random, /*with_nonce=*/true, 128);
    ASSERT_TRUE(secrets);
    const std::string verifier(secrets->pkce.verifier.expose());
    EXPECT_EQ(verifier.size(), 128U);
    EXPECT_EQ(verifier.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"),
              std::string::npos);  // pkce-verifier-form
    for (const auto& value : {verifier.substr(0, 43), std::string(secrets->state.expose()),
                              std::string(secrets->nonce->expose())}) {
      EXPECT_TRUE(seen.insert(value).second) << "drawn twice";
      EXPECT_TRUE(seen.insert(value.substr(0, 16)).second) << "a shared beginning";
    }
  }
}

class CallbackQuery : public ::testing::Test {
 protected:
  static Result<CallbackResult> receive(const std::string& query) {
    CallbackOptions options;
    options.state = Secret("the-state");
    CallbackSession session(options, "http://127.0.0.1:4711/callback");
    EXPECT_TRUE(session.receive("GET /callback?state=the-state&" + query +
                                " HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n\r\n").accepted);
    return *session.result();
  }
};

TEST_F(CallbackQuery, IgnoresWhatItDoesNotKnowAndTokensMostOfAll) {
  // response-unknown-parameters-ignored, response-token-in-front-channel-ignored, CH-AZ-06
  const auto result = receive("code=abc&x=1&session_state=q&access_token=evil&id_token=evil&token_type=bearer");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->code->expose(), "abc");
}

TEST_F(CallbackQuery, ALoneTokenIsNoResponse) {  // response-token-in-front-channel-ignored, response-neither-code-nor-error
  EXPECT_EQ(receive("access_token=evil").error().code, "callback.incomplete");
}

TEST_F(CallbackQuery, ASignedResponseThatNobodyAskedForIsAnError) {  // CH-AZ-17
  EXPECT_EQ(receive("response=e30.e30.x").error().code, "callback.incomplete");
}

TEST_F(CallbackQuery, ErrorUriIsDropped) {  // response-error-uri-not-opened, CH-AZ-13
  const auto result = receive("error=server_error&error_uri=file:///etc/passwd");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->error, "server_error");
  EXPECT_EQ(result->error_description.find("passwd"), std::string::npos);
}

class ProviderKeys : public LoginTest {
 protected:
  ProviderKeys() { manager_.add_provider("mock", config({"openid"})); }
  /// A login whose ID Token has this header and is checked against these keys.
  Result<OAuthTokens> log_in(const codec::Json& header, const codec::Json& keys) {
    expect_discovery();
    http_.expect("POST", "https://as.example/token", [this, header](const auto&) {
      const auto nonce = codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query())->one("nonce");
      return answer(200, codec::Json::object({{"access_token", "a"},
                                              {"token_type", "Bearer"},
                                              {"id_token", make_id_token(*nonce, {}, header)}}).dump());
    });
    http_.expect("GET", "https://as.example/jwks", 200, codec::Json::object({{"keys", keys}}).dump());
    return manager_.initiate_flow("mock");
  }
  static codec::Json good() { return *provider_key().public_jwk(); }
  static codec::Json without_kid() { return codec::Json::object({{"alg", "ES256"}}); }
  static codec::Json with_kid() { return codec::Json::object({{"alg", "ES256"}, {"kid", "k1"}}); }
  static codec::Json stranger() { return *codec::Key::generate(codec::JwsAlgorithm::ES256, "k9")->public_jwk(); }
};

TEST_F(ProviderKeys, OneKeyNeedsNoKeyId) {  // jwks-kid-absent-one-key
  EXPECT_TRUE(log_in(without_kid(), codec::Json::array({good()})));
}

TEST_F(ProviderKeys, SeveralAreTriedWithoutAKeyId) {  // jwks-kid-absent-many-keys: tried, boundedly
  EXPECT_TRUE(log_in(without_kid(), codec::Json::array({stranger(), good()})));
}

TEST_F(ProviderKeys, OnesThatCannotBeReadAreLeftOut) {  // jwks-unknown-keys-ignored
  EXPECT_TRUE(log_in(with_kid(), codec::Json::array({codec::Json::object({{"kty", "XYZ"}, {"kid", "k1"}}),
                                                     codec::Json::object({{"kty", "EC"}, {"crv", "P-256"}}), good()})));
}

TEST_F(ProviderKeys, OnesForEncryptionSignNothing) {  // jwks-encryption-key-not-for-signatures
  auto key = good();
  key.set("use", "enc");

  EXPECT_EQ(log_in(with_kid(), codec::Json::array({key})).error().code, "id_token.key_unknown");
}

TEST_F(ProviderKeys, AnotherKeyUnderTheSameIdIsNoProof) {  // CH-OI-04
  auto key = stranger();
  key.set("kid", "k1");

  EXPECT_EQ(log_in(with_kid(), codec::Json::array({key})).error().code, "id_token.signature");
}

TEST_F(ProviderKeys, EmailIsNoIdentity) {  // CH-OI-07: a refresh for another subject with the same e-mail is refused
  store_login("a", "r", std::chrono::seconds(-60), config({"openid"}));
  auto login = *storage_->load("mock");
  login->tokens.id_token = Secret(make_id_token("", [](auto& claims) { claims.set("email", "ada@example.org"); }));
  ASSERT_TRUE(storage_->store("mock", *login, login->generation));
  expect_discovery();
  const auto other = make_id_token("", [](auto& claims) {
    claims.set("email", "ada@example.org");
    claims.set("sub", "eve");
  });
  expect_token(200, codec::Json::object({{"access_token", "b"}, {"token_type", "Bearer"}, {"id_token", other}}).dump());
  http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
  http_.expect("POST", "https://as.example/revoke", 200, "");  // CH-AC-02

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.sub");
}

}  // namespace
}  // namespace mimir::oauth::testing
