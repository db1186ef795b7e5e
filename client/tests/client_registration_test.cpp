// A program without a client id registers itself (RFC 7591). Names in comments are those of the requirements catalogue.
#include "registration_fixture.hpp"

#include <mimir/oauth/accounts.hpp>

#include "internal/registration_request.hpp"

namespace mimir::oauth::testing {
namespace {

class ClientRegistrationFlow : public RegistrationTest {
 protected:
  Error failed_registration(const codec::Json& answer, int status = 201) {
    expect_discovery(open_metadata());
    expect_registration(answer, status);
    const auto result = manager_.initiate_flow("mock");
    EXPECT_FALSE(result);
    EXPECT_TRUE(user_.opened.empty());
    return result ? Error{} : result.error();
  }
  codec::Json sent_metadata(std::size_t request = 1) { return *codec::Json::parse(http_.requests().at(request).body); }
  void expect_refused_code() { expect_token(401, R"({"error":"invalid_client"})"); }
};

TEST_F(ClientRegistrationFlow, ComesBeforeTheBrowserAndIsPostedJson) {
  ASSERT_TRUE(log_in_registering(issued()));

  const auto request = http_.requests().at(1);
  EXPECT_EQ(request.header("Content-Type"), "application/json");  // registration-json
  EXPECT_EQ(request.header("Accept"), "application/json");
  EXPECT_EQ(request.header("Authorization"), "");
  EXPECT_EQ(request.max_redirects, 0);
  EXPECT_EQ(client_id_shown(), "issued-1");
  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-1");
  EXPECT_EQ(texts(Event::Kind::Registered), std::vector<std::string>{"issued-1"});
}

TEST_F(ClientRegistrationFlow, AsksForAPublicNativeApplication) {
  ASSERT_TRUE(log_in_registering(issued()));

  const auto sent = sent_metadata();
  EXPECT_EQ(sent.string_at("application_type"), "native");  // registration-native-type
  EXPECT_EQ(sent.string_at("token_endpoint_auth_method"), "none");
  EXPECT_EQ(sent.string_at("client_name"), "Ada's tool");
  EXPECT_EQ(sent.string_at("scope"), "api");
  EXPECT_EQ(*sent.find("response_types"), codec::Json::array({"code"}));
  EXPECT_EQ(*sent.find("grant_types"), codec::Json::array({"authorization_code", "refresh_token"}));
  EXPECT_EQ(sent.find("client_id"), nullptr);
}

TEST_F(ClientRegistrationFlow, AsksForWhatTheServerHas) {
  auto document = open_metadata();
  document.set("token_endpoint_auth_methods_supported", codec::Json::array({"client_secret_post"}));
  document.set("grant_types_supported",
               codec::Json::array({"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}));
  document.set("device_authorization_endpoint", "https://as.example/device");
  expect_discovery(document);
  auto answer = issued_with_secret("the-secret");
  expect_registration(answer);
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(sent_metadata().string_at("token_endpoint_auth_method"), "client_secret_post");
  EXPECT_EQ(*sent_metadata().find("grant_types"),
            codec::Json::array({"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}));
}

TEST_F(ClientRegistrationFlow, RegistersTheRedirectUriItListensOn) {
  auto config = registering();
  config.redirect_uri = "http://127.0.0.1:0/back";
  config.alternative_ports = {8085, 8086};
  manager_.add_provider("mock", std::move(config));

  ASSERT_TRUE(log_in_registering(issued()));

  EXPECT_EQ(*sent_metadata().find("redirect_uris"),
            codec::Json::array({"http://127.0.0.1/back", "http://127.0.0.1:8085/back", "http://127.0.0.1:8086/back"}));
  EXPECT_EQ(user_.listened.back().redirect_uri, "http://127.0.0.1:0/back");
  EXPECT_EQ(user_.listened.back().alternative_ports, (std::vector<std::uint16_t>{8085, 8086}));
}

TEST_F(ClientRegistrationFlow, SendsTheInitialAccessTokenOnceAndKeepsItNowhere) {
  auto config = registering();
  config.registration->initial_access_token = Secret("let-me-in");
  manager_.add_provider("mock", std::move(config));

  ASSERT_TRUE(log_in_registering(issued()));

  EXPECT_EQ(http_.requests().at(1).header("Authorization"), "Bearer let-me-in");
  EXPECT_EQ(http_.requests().back().header("Authorization"), "");
}

TEST_F(ClientRegistrationFlow, SendsNothingToAnEndpointWithoutTls) {  // registration-tls
  auto document = open_metadata();
  document.set("registration_endpoint", "http://as.example/register");
  expect_discovery(document);

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "metadata.endpoint_insecure");
  EXPECT_EQ(http_.requests().size(), 1U);
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(ClientRegistrationFlow, SaysThatTheServerLetsNobodyRegister) {
  expect_discovery();

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "registration.not_offered");
  EXPECT_EQ(result.error().category, Category::Misconfigured);
}

TEST_F(ClientRegistrationFlow, UsesSecretAndMethodAsTheServerSetThem) {  // registration-response-adopted
  auto answer = issued_with_secret("the-secret");
  answer.set("client_secret_expires_at", 0);

  ASSERT_TRUE(log_in_registering(answer));

  const auto request = http_.requests().back();
  EXPECT_EQ(request.form.one("client_secret"), "the-secret");
  EXPECT_EQ(request.header("Authorization"), "");
}

TEST_F(ClientRegistrationFlow, ASecretWithoutAMethodIsSentByBasic) {  // RFC 7591 §2: the default
  auto answer = codec::Json::object({{"client_id", "issued-1"}, {"client_secret", "the-secret"}});

  ASSERT_TRUE(log_in_registering(answer));

  EXPECT_EQ(http_.requests().back().header("Authorization"), "Basic aXNzdWVkLTE6dGhlLXNlY3JldA==");
  EXPECT_FALSE(http_.requests().back().form.one("client_secret"));
}

TEST_F(ClientRegistrationFlow, ASecretOfAPublicClientIsShownToNobody) {
  auto answer = issued();
  answer.set("client_secret", "the-secret");

  ASSERT_TRUE(log_in_registering(answer));

  const auto request = http_.requests().back();
  EXPECT_FALSE(request.form.one("client_secret"));
  EXPECT_EQ(request.header("Authorization"), "");
  EXPECT_FALSE((*manager_.stored("mock"))->config.client_secret);
}

TEST_F(ClientRegistrationFlow, ListensWhereTheServerSaysInstead) {  // registration-response-adopted
  auto answer = issued();
  answer.set("redirect_uris", codec::Json::array({"https://as.example/oob", "http://127.0.0.1:8123/other"}));

  ASSERT_TRUE(log_in_registering(answer));

  EXPECT_EQ(user_.listened.back().redirect_uri, "http://127.0.0.1:8123/other");
  EXPECT_TRUE(user_.listened.back().alternative_ports.empty());
}

TEST_F(ClientRegistrationFlow, TriesOnlyThePortsThatWereRegistered) {
  auto config = registering();
  config.redirect_uri = "http://127.0.0.1:8085/back";
  config.alternative_ports = {8086, 8087};
  manager_.add_provider("mock", std::move(config));
  auto answer = issued();
  answer.set("redirect_uris", codec::Json::array({"http://127.0.0.1:8085/back", "http://127.0.0.1:8087/back"}));

  ASSERT_TRUE(log_in_registering(answer));

  EXPECT_EQ(user_.listened.back().alternative_ports, std::vector<std::uint16_t>{8087});
}

TEST_F(ClientRegistrationFlow, StopsWhereTheRegistrationCannotBeUsed) {  // registration-response-adopted
  auto elsewhere = issued();
  elsewhere.set("redirect_uris", codec::Json::array({"https://as.example/oob"}));
  EXPECT_EQ(failed_registration(elsewhere).code, "registration.redirect_uris");
}

TEST_F(ClientRegistrationFlow, StopsWhereTheMethodCannotBeUsed) {
  auto answer = issued();
  answer.set("token_endpoint_auth_method", "tls_client_auth");
  EXPECT_EQ(failed_registration(answer).code, "registration.auth_method");
}

TEST_F(ClientRegistrationFlow, StopsWhereTheSecretIsMissing) {
  auto answer = issued();
  answer.set("token_endpoint_auth_method", "client_secret_basic");
  EXPECT_EQ(failed_registration(answer).code, "registration.auth_method");
}

TEST_F(ClientRegistrationFlow, StopsWhereTheCodeFlowWasTakenAway) {
  auto answer = issued();
  answer.set("grant_types", codec::Json::array({"client_credentials"}));
  EXPECT_EQ(failed_registration(answer).code, "registration.grant_types");
}

TEST_F(ClientRegistrationFlow, StopsWithoutAClientId) {
  EXPECT_EQ(failed_registration(codec::Json::object({{"client_id", 7}})).code, "registration.malformed");
}

TEST_F(ClientRegistrationFlow, StopsAtAClientIdThatCouldEndALine) {
  EXPECT_EQ(failed_registration(issued("a\r\nX: y")).code, "registration.malformed");
}

TEST_F(ClientRegistrationFlow, IgnoresMembersItDoesNotKnow) {  // registration-unknown-members-ignored
  auto answer = issued();
  answer.set("x_vendor", codec::Json::object({{"a", codec::Json::array({1, nullptr})}}));
  answer.set("logo_uri", 42);

  EXPECT_TRUE(log_in_registering(answer));
}

TEST_F(ClientRegistrationFlow, ReportsARefusalAndDoesNotTryAgain) {  // registration-error-reported
  for (const auto* code : {"invalid_redirect_uri", "invalid_client_metadata"}) {
    const auto before = http_.requests().size();
    http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server", 200, open_metadata().dump());
    clock_.advance(std::chrono::hours(2));
    expect_registration(codec::Json::object({{"error", code}, {"error_description", "no port, please"}}), 400);

    const auto result = manager_.initiate_flow("mock");

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(result.error().category, Category::Misconfigured);
    EXPECT_NE(result.error().message.find("no port, please"), std::string::npos) << result.error().message;
    EXPECT_EQ(result.error().spec, "RFC 7591 §3.2.2");
    EXPECT_EQ(http_.requests().size(), before + 2);
  }
}

TEST_F(ClientRegistrationFlow, SaysThatAnInitialAccessTokenIsWanted) {
  const auto error = failed_registration(codec::Json::object({{"error", "invalid_token"}}), 401);
  EXPECT_EQ(error.code, "registration.denied");
  EXPECT_NE(error.hint.find("initial access token"), std::string::npos);
}

TEST_F(ClientRegistrationFlow, AnOutagePasses) {
  const auto error = failed_registration(codec::Json::object(), 503);
  EXPECT_EQ(error.category, Category::TryLater);
}

TEST_F(ClientRegistrationFlow, IsUsedAgainByEveryRun) {  // registration-reused, CH-CF-11
  expect_discovery(open_metadata());
  expect_registration(issued());
  for (int run = 0; run < 10; ++run) {
    if (run > 0) expect_discovery(open_metadata());
    expect_token(200, tokens());
    OAuthManager one_run({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                          .random = random_, .waiter = &waiter_});
    one_run.add_provider("mock", registering());
    const auto result = one_run.initiate_flow("mock");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(client_id_shown(), "issued-1");
  }
  EXPECT_EQ(registrations(), 1U);
}

TEST_F(ClientRegistrationFlow, IsUsedAgainByALoginThatKnowsOnlyWhatIsStored) {
  ASSERT_TRUE(log_in_registering(issued()));
  OAuthManager later({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                      .random = random_, .waiter = &waiter_});
  expect_discovery(open_metadata());
  expect_token(200, tokens("access-2"));

  ASSERT_TRUE(later.initiate_flow("mock"));

  EXPECT_EQ(registrations(), 1U);
  EXPECT_EQ(client_id_shown(), "issued-1");
}

TEST_F(ClientRegistrationFlow, AStoredLoginServesAConfigurationThatRegisters) {
  ASSERT_TRUE(log_in_registering(issued()));
  expect_token(200, tokens("access-2", "refresh-2"));

  const auto refreshed = manager_.refresh_token("mock");

  ASSERT_TRUE(refreshed) << refreshed.error().message;
  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-1");
}

TEST_F(ClientRegistrationFlow, IsNoLoginThatIsListed) {
  ASSERT_TRUE(log_in_registering(issued()));
  EXPECT_EQ(*login_names(*storage_), std::vector<std::string>{"mock"});
  EXPECT_EQ(list_accounts(*storage_)->size(), 1U);
  EXPECT_EQ(*choose_account(*storage_, "", [](std::string_view) { return std::nullopt; }), "mock");
}

TEST_F(ClientRegistrationFlow, IsOneForEachIssuer) {  // registration-per-issuer, mixup-distinct-redirect-uri
  auto answer = issued_with_secret("secret-1");
  ASSERT_TRUE(log_in_registering(answer));
  auto other = registering();
  other.issuer = "https://other.example";
  manager_.add_provider("other", std::move(other));
  http_.expect("GET", "https://other.example/.well-known/oauth-authorization-server", 200,
               codec::Json::object({{"issuer", "https://other.example"},
                                    {"authorization_endpoint", "https://other.example/authorize"},
                                    {"token_endpoint", "https://other.example/token"},
                                    {"registration_endpoint", "https://other.example/register"}})
                   .dump());
  http_.expect("POST", "https://other.example/register", 201, issued("issued-2").dump());
  http_.expect("POST", "https://other.example/token", 200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("other"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-2");
  EXPECT_FALSE(http_.requests().back().form.one("client_secret"));
  ASSERT_EQ(user_.listened.size(), 2U);
  EXPECT_NE(user_.listened[0].redirect_uri, user_.listened[1].redirect_uri);
  EXPECT_TRUE(user_.listened[0].redirect_uri.starts_with("http://127.0.0.1/callback/"));
}

TEST_F(ClientRegistrationFlow, IsKeptByIssuerAndRedirectUri) {  // registration-per-issuer
  auto here = registering();
  here.redirect_uri = "http://127.0.0.1/back";
  auto there = here.clone();
  there.issuer = "https://other.example";
  auto elsewhere = here.clone();
  elsewhere.redirect_uri = "http://127.0.0.1/other";

  EXPECT_NE(internal::registration_record_name(here), internal::registration_record_name(there));
  EXPECT_NE(internal::registration_record_name(here), internal::registration_record_name(elsewhere));
}

TEST_F(ClientRegistrationFlow, IsMadeAnewWhenItsSecretHasExpired) {  // registration-secret-expiry
  auto answer = issued_with_secret("secret-1");
  const auto start = std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch()).count();
  answer.set("client_secret_expires_at", std::int64_t{start + 600});
  ASSERT_TRUE(log_in_registering(answer));
  clock_.advance(std::chrono::seconds(599));
  expect_token(200, tokens("access-2"));
  ASSERT_TRUE(manager_.initiate_flow("mock"));  // not yet
  clock_.advance(std::chrono::seconds(1));
  expect_registration(issued("issued-2"));
  expect_token(200, tokens("access-3"));

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-2");
}

TEST_F(ClientRegistrationFlow, ASecretThatExpiresAtZeroNeverDoes) {  // registration-secret-expiry
  auto answer = issued_with_secret("secret-1");
  answer.set("client_secret_expires_at", 0);
  ASSERT_TRUE(log_in_registering(answer));
  clock_.advance(std::chrono::hours(24 * 365 * 10));
  expect_discovery(open_metadata());
  expect_token(200, tokens("access-2"));

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(registrations(), 1U);
}

TEST_F(ClientRegistrationFlow, IsMadeAnewOnceWhenTheServerHasLostIt) {  // registration-lost-on-server
  ASSERT_TRUE(log_in_registering(issued()));
  expect_refused_code();
  expect_discovery(open_metadata());
  expect_registration(issued("issued-2"));
  expect_token(200, tokens("access-2"));

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-2");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-2");
}

TEST_F(ClientRegistrationFlow, OneThatHasWorkedIsReplacedHoweverYoung) {  // registration-lost-on-server
  ASSERT_TRUE(log_in_registering(issued()));
  for (const auto* replacement : {"issued-2", "issued-3"}) {
    expect_refused_code();
    expect_discovery(open_metadata());
    expect_registration(issued(replacement));
    expect_token(200, tokens());

    ASSERT_TRUE(manager_.initiate_flow("mock")) << replacement;
    EXPECT_EQ(client_id_shown(), replacement);
  }
}

TEST_F(ClientRegistrationFlow, StopsWhenTheNewOneIsRefusedAsWell) {  // registration-lost-on-server
  ASSERT_TRUE(log_in_registering(issued()));
  expect_refused_code();
  expect_discovery(open_metadata());
  expect_registration(issued("issued-2"));
  expect_refused_code();

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "invalid_client");
  EXPECT_EQ(registrations(), 2U);
  // Nor does the next run fill the server: the replacement has never worked.
  expect_discovery(open_metadata());
  expect_refused_code();
  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "invalid_client");
  EXPECT_EQ(registrations(), 2U);
  // An hour later it may have been mended.
  clock_.advance(std::chrono::hours(1));
  expect_discovery(open_metadata());
  expect_refused_code();
  expect_discovery(open_metadata());
  expect_registration(issued("issued-3"));
  expect_token(200, tokens("access-3"));
  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(ClientRegistrationFlow, LostAtARefreshItAsksForALoginThatRegisters) {  // registration-lost-on-server
  ASSERT_TRUE(log_in_registering(issued()));
  expect_token(401, R"({"error":"invalid_client"})");

  const auto refreshed = manager_.refresh_token("mock");

  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, "registration.lost");
  EXPECT_EQ(refreshed.error().category, Category::LoginRequired);
  expect_discovery(open_metadata());
  expect_registration(issued("issued-2"));
  expect_token(200, tokens("access-2"));
  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(ClientRegistrationFlow, AConfiguredClientIsNotReplacedWhenItIsRefused) {
  manager_.add_provider("mock", config());
  expect_discovery(open_metadata());
  expect_refused_code();

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "invalid_client");

  EXPECT_EQ(registrations(), 0U);
}

TEST_F(ClientRegistrationFlow, WorksForALoginOnAnotherDevice) {
  auto document = open_metadata();
  document.set("device_authorization_endpoint", "https://as.example/device");
  expect_discovery(document);
  expect_registration(issued());
  http_.expect("POST", "https://as.example/device", 200,
               R"({"device_code":"d","user_code":"U","verification_uri":"https://as.example/d","expires_in":600})");
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-1");
}

TEST_F(ClientRegistrationFlow, IsNotMadeWhereItCouldNotBeKept) {
  MockTokenStorage storage;
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = storage, .clock = clock_,
                        .random = random_});
  manager.add_provider("mock", registering());
  EXPECT_CALL(storage, probe()).WillOnce(::testing::Return(::testing::ByMove(Result<>(
      fail({.category = Category::LocalEnvironment, .code = "storage.unavailable", .message = "Full."})))));

  EXPECT_EQ(manager.initiate_flow("mock").error().code, "storage.unavailable");

  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(ClientRegistrationFlow, AKeyOfOnesOwnIsNotRegistered) {
  auto config = registering();
  config.client_key = Secret("pem");
  manager_.add_provider("mock", std::move(config));
  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.registration");
}

}  // namespace
}  // namespace mimir::oauth::testing
