// Providers that depart from the standards, as data (CH-CF-08): each way of departing, and the definitions themselves.
#include <algorithm>

#include "internal/provider_definitions.hpp"
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

class ProviderDialectTest : public LoginTest {
 protected:
  OAuthConfig spoken(const std::function<void(ProviderDialect&)>& speak) {
    auto it = config({"api", "files"});
    speak(it.dialect);
    return it;
  }
  /// Logs in and gives the token request.
  RecordedRequest log_in(OAuthConfig with, const std::string& body = tokens()) {
    manager_.add_provider("mock", std::move(with));
    if (user_.opened.empty()) expect_discovery();
    expect_token(200, body);
    outcome_ = manager_.initiate_flow("mock");
    const auto requests = http_.requests();
    return requests.empty() ? RecordedRequest() : requests.back();
  }
  [[nodiscard]] codec::Parameters asked() const {
    const auto url = codec::Url::parse(user_.opened.back());
    return *codec::Parameters::parse(url->query().value_or(""));
  }

  Result<OAuthTokens> outcome_ = OAuthTokens{};
};

TEST_F(ProviderDialectTest, ScopesAreSeparatedAsTheProviderWants) {
  log_in(spoken([](auto& dialect) { dialect.scope_separator = ","; }));
  EXPECT_EQ(asked().one("scope"), "api,files");
  EXPECT_TRUE(texts(Event::Kind::Warning).empty());
}

TEST_F(ProviderDialectTest, GrantedScopesAreReadAsTheProviderWritesThem) {
  const std::vector<std::string> both{"api", "files"};
  log_in(spoken([](auto& dialect) { dialect.granted_scope_separator = ","; }),
         R"({"access_token":"a","token_type":"bearer","scope":"api,files"})");
  EXPECT_EQ(outcome_->scopes, both);
  log_in(spoken([](auto& dialect) { dialect.granted_scope_separator = "list"; }),
         R"({"access_token":"a","token_type":"bearer","scope":["api","files"]})");
  EXPECT_EQ(outcome_->scopes, both);
  EXPECT_TRUE(texts(Event::Kind::Warning).empty());
  log_in(spoken([](auto&) {}), R"({"access_token":"a","token_type":"bearer","scope":["api","files"]})");
  EXPECT_EQ(texts(Event::Kind::Warning).size(), 1U);
}

TEST_F(ProviderDialectTest, TheSecretGoesWhereTheProviderWantsIt) {
  const auto with_secret = [this](const std::string& method) {
    auto it = spoken([&](auto& dialect) { dialect.client_secret_method = method; });
    it.client_secret = Secret("the-secret");
    return it;
  };
  auto request = log_in(with_secret("client_secret_post"));
  EXPECT_EQ(request.form.one("client_secret"), "the-secret");
  EXPECT_EQ(request.header("Authorization"), "");
  request = log_in(with_secret("client_secret_basic"));
  EXPECT_EQ(request.form.one("client_secret"), std::nullopt);
  EXPECT_TRUE(request.header("Authorization").starts_with("Basic "));
  // Who has no secret shows none.
  request = log_in(spoken([](auto& dialect) { dialect.client_secret_method = "client_secret_basic"; }));
  EXPECT_EQ(request.header("Authorization"), "");
  EXPECT_EQ(request.form.one("client_id"), "cli");
}

TEST_F(ProviderDialectTest, RequestsAreJsonWhereAFormIsNotRead) {
  auto it = spoken([](auto& dialect) { dialect.json_requests = true; });
  it.resources = {"https://api.example/a", "https://api.example/b", "https://api.example/c"};
  const auto request = log_in(std::move(it));
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  const auto body = codec::Json::parse(request.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->string_at("grant_type"), "authorization_code");
  EXPECT_EQ(body->string_at("code"), "the-code");
  EXPECT_EQ(body->find("resource")->dump(), R"(["https://api.example/a","https://api.example/b","https://api.example/c"])");
}

TEST_F(ProviderDialectTest, TheExchangeRepeatsTheStateWhereItMust) {
  const auto request = log_in(spoken([](auto& dialect) { dialect.state_in_token_request = true; }));
  EXPECT_EQ(request.form.one("state"), asked().one("state"));
  EXPECT_EQ(log_in(spoken([](auto&) {})).form.one("state"), std::nullopt);
}

TEST_F(ProviderDialectTest, ParametersHaveTheProvidersNames) {
  const auto request = log_in(spoken([](auto& dialect) { dialect.parameter_names = {{"client_id", "client_key"}}; }));
  EXPECT_EQ(asked().one("client_key"), "cli");
  EXPECT_EQ(asked().one("client_id"), std::nullopt);
  EXPECT_EQ(request.form.one("client_key"), "cli");
  EXPECT_EQ(request.form.one("client_id"), std::nullopt);
  EXPECT_EQ(request.form.one("code"), "the-code");
}

TEST_F(ProviderDialectTest, RequestsCarryTheHeadersThatTheProviderWants) {
  const auto with = [this](const std::string& name, const std::string& value) {
    return spoken([&](auto& dialect) { dialect.request_headers = {{name, value}}; });
  };
  EXPECT_EQ(log_in(with("Api-Version", "2022-06-28")).header("Api-Version"), "2022-06-28");
  for (const std::string name : {"Authorization", "dpop", "COOKIE", "Host", "Content-Type", "content-length", "a b", "", "x:y"}) {
    manager_.add_provider("mock", with(name, "1"));
    EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.header") << name;
  }
  manager_.add_provider("mock", with("Api-Version", "1\r\nx: y"));
  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.header");
}

TEST_F(ProviderDialectTest, AnErrorInAnObjectIsRead) {
  log_in(spoken([](auto& dialect) { dialect.error_synonyms = {{"bad_client", "invalid_client"}}; }),
         R"({"error":{"code":"bad_client","message":"no such app"}})");
  EXPECT_EQ(outcome_.error().code, "invalid_client");
  EXPECT_EQ(outcome_.error().category, Category::Misconfigured);
  EXPECT_EQ(outcome_.error().http->description, "no such app");
}

TEST_F(ProviderDialectTest, AProviderConfiguredByHandOffersNoMoreThanThat) {
  auto by_hand = config();
  by_hand.endpoints = {.authorization = "https://as.example/authorize", .token = "https://as.example/token"};
  store_login("access-1", "refresh-1", std::chrono::hours(1), std::move(by_hand));
  for (const auto* place : {"oauth-authorization-server", "openid-configuration"}) {
    http_.expect("GET", std::string("https://as.example/.well-known/") + place, 404, "");
  }
  const auto report = manager_.revoke_access("mock");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->refresh_token, RevokeReport::Outcome::NotOffered);
  EXPECT_EQ(report->access_token, RevokeReport::Outcome::NotOffered);
  EXPECT_TRUE(report->deleted);
}

TEST_F(ProviderDialectTest, AnOutageOfItsMetadataIsNoSuchAnswer) {
  auto by_hand = config();
  by_hand.endpoints = {.authorization = "https://as.example/authorize", .token = "https://as.example/token"};
  store_login("access-1", "refresh-1", std::chrono::hours(1), std::move(by_hand));
  for (int i = 0; i < 3; ++i) {
    http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server", 503, "");
  }
  const auto report = manager_.revoke_access("mock");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->refresh_token, RevokeReport::Outcome::Failed);
  EXPECT_TRUE(report->deleted);
}

TEST_F(ProviderDialectTest, AMissingTokenTypeIsBearerOnlyWhereThatIsKnown) {
  const auto* silent = R"({"access_token":"a"})";
  log_in(spoken([](auto& dialect) { dialect.bearer_when_silent = true; }), silent);
  EXPECT_TRUE(outcome_) << outcome_.error().message;
  log_in(spoken([](auto& dialect) { dialect.bearer_when_silent = true; }), R"({"access_token":"a","token_type":"mac"})");
  EXPECT_EQ(outcome_.error().code, "token.type_unknown");
  expect_discovery();  // what was known of a server that answered nonsense is asked for again
  log_in(spoken([](auto& dialect) { dialect.bearer_when_silent = true; }), R"({"access_token":"a","token_type":5})");
  EXPECT_EQ(outcome_.error().code, "token.member_missing");
  expect_discovery();
  log_in(spoken([](auto&) {}), silent);
  EXPECT_EQ(outcome_.error().code, "token.member_missing");
}

TEST_F(ProviderDialectTest, ItsWordForADeadTokenEndsTheLogin) {
  auto it = spoken([](auto& dialect) { dialect.error_synonyms = {{"bad_refresh_token", "invalid_grant"}}; });
  manager_.add_provider("mock", it.clone());
  store_login("access-1", "refresh-1", std::chrono::seconds(-60), std::move(it));
  expect_discovery();
  expect_token(200, R"({"error":"bad_refresh_token","error_description":"gone"})");
  const auto refreshed = manager_.refresh_token("mock");
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().category, Category::LoginRequired);
  EXPECT_EQ(refreshed.error().code, "invalid_grant");
  EXPECT_EQ(refreshed.error().http->oauth_error, "bad_refresh_token");
  EXPECT_FALSE(*manager_.stored("mock"));
}

TEST_F(ProviderDialectTest, ARefreshRepeatsTheRedirectUriWhereItMust) {
  auto it = spoken([](auto& dialect) { dialect.redirect_uri_in_refresh = true; });
  it.redirect_uri = "http://127.0.0.1:8080/back";
  manager_.add_provider("mock", it.clone());
  store_login("access-1", "refresh-1", std::chrono::seconds(-60), std::move(it));
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.refresh_token("mock"));
  EXPECT_EQ(http_.requests().back().form.one("redirect_uri"), "http://127.0.0.1:8080/back");
}

TEST_F(ProviderDialectTest, AnUnknownWordDoesNot) {
  store_login();
  manager_.add_provider("mock", config());
  expect_discovery();
  expect_token(400, R"({"error":"bad_refresh_token"})");
  EXPECT_EQ(manager_.refresh_token("mock").error().category, Category::ProviderBroken);
  EXPECT_TRUE(*manager_.stored("mock"));
}

TEST(ProviderDefinitions, EachCanBeReadNamesItsSourceAndHasNoClient) {
  const auto definitions = internal::provider_definitions();
  const auto names = internal::provider_definition_names();
  ASSERT_EQ(names.size(), definitions.size());
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (std::size_t i = 0; i < names.size(); ++i) {
    SCOPED_TRACE(names[i]);
    const auto found = internal::find_provider_definition(names[i], "");
    ASSERT_TRUE(found);
    const bool has_a_client = found->origins.contains("client_id") || found->origins.contains("client_secret") ||
                              found->origins.contains("client_key") || found->origins.contains("client_secret_env");
    EXPECT_FALSE(has_a_client);
    EXPECT_TRUE(definitions[i].text.starts_with("# "));
    const bool has_a_source = definitions[i].text.find("# https://") != std::string_view::npos ||
                              definitions[i].text.find("# Source: ") != std::string_view::npos;
    EXPECT_TRUE(has_a_source);
    // Where nothing can be asked, what a login needs must be said.
    if (!found->oauth.endpoints.token.empty()) {
      EXPECT_FALSE(found->oauth.endpoints.authorization.empty());
      EXPECT_FALSE(found->oauth.issuer.empty());
    }
  }
}

}  // namespace
}  // namespace mimir::oauth::testing
