// Tokens for tokens: RFC 8693 and RFC 7523 §2.1.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kAccessToken = "urn:ietf:params:oauth:token-type:access_token";
constexpr auto* kAssertionType = "urn:ietf:params:oauth:token-type:id-jag";

class TokenExchangeFlow : public LoginTest {
 protected:
  TokenExchangeFlow() { manager_.add_provider("mock", config()); }

  static TokenExchange id_token() {
    return {.subject_token = Secret("the-id-token"), .subject_token_type = "urn:ietf:params:oauth:token-type:id_token"};
  }
  static std::string exchanged(const std::string& issued, const std::string& type = "Bearer") {
    return codec::Json::object({{"access_token", "api-1"},
                                {"issued_token_type", issued},
                                {"token_type", type},
                                {"expires_in", 60},
                                {"refresh_token", "unwanted"}})
        .dump();
  }
};

TEST_F(TokenExchangeFlow, SendsWhatIsThereAndWhatIsWanted) {
  expect_discovery();
  expect_token(200, exchanged(kAccessToken));
  auto exchange = id_token();
  exchange.requested_token_type = kAccessToken;
  exchange.audience = "crm";
  exchange.resources = {"https://api.example/a", "https://api.example/b"};
  exchange.scopes = {"read", "write"};

  const auto result = manager_.exchange_token("mock", exchange);

  ASSERT_TRUE(result) << result.error().message;
  const auto form = http_.requests().back().form;
  EXPECT_EQ(form.one("grant_type"), "urn:ietf:params:oauth:grant-type:token-exchange");
  EXPECT_EQ(form.one("subject_token"), "the-id-token");
  EXPECT_EQ(form.one("subject_token_type"), "urn:ietf:params:oauth:token-type:id_token");
  EXPECT_EQ(form.one("requested_token_type"), kAccessToken);
  EXPECT_EQ(form.one("audience"), "crm");
  EXPECT_EQ(form.count("resource"), 2U);
  EXPECT_EQ(form.one("scope"), "read write");
  EXPECT_EQ(form.one("client_id"), "cli");
  EXPECT_EQ(result->access_token.expose(), "api-1");
  EXPECT_EQ(*result->expires_at, kStart + std::chrono::minutes(1));
  EXPECT_FALSE(result->refresh_token);
  EXPECT_FALSE(*manager_.stored("mock"));  // the caller's alone
}

TEST_F(TokenExchangeFlow, AnotherKindOfTokenIsNotUsed) {  // RFC 8693 §2.2.1
  expect_discovery();
  auto exchange = id_token();
  exchange.requested_token_type = kAccessToken;
  for (const auto& body : {exchanged(kAssertionType), tokens()}) {
    expect_token(200, body);
    const auto result = manager_.exchange_token("mock", exchange);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "exchange.issued_type");
  }
}

TEST_F(TokenExchangeFlow, SignInOfACompanyBecomesATokenOfAnApi) {
  // The ID Token becomes an assertion for the API's own server, which gives a token for it.
  manager_.add_provider("api", {.issuer = "https://api.example",
                                .client_id = "cli-at-api",
                                .endpoints = {.token = "https://api.example/token"}});
  expect_discovery();
  expect_token(200, exchanged(kAssertionType, "N_A"));
  http_.expect("POST", "https://api.example/token", 200, tokens("api-2", "unwanted"));
  auto exchange = id_token();
  exchange.requested_token_type = kAssertionType;

  const auto assertion = manager_.exchange_token("mock", exchange);
  ASSERT_TRUE(assertion) << assertion.error().message;
  EXPECT_EQ(assertion->token_type, "N_A");
  const auto result = manager_.redeem_assertion("api", assertion->access_token, {"api"});

  ASSERT_TRUE(result) << result.error().message;
  const auto form = http_.requests().back().form;
  EXPECT_EQ(form.one("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  EXPECT_EQ(form.one("assertion"), "api-1");
  EXPECT_EQ(form.one("scope"), "api");
  EXPECT_EQ(form.one("client_id"), "cli-at-api");
  EXPECT_FALSE(form.one("subject_token"));
  EXPECT_EQ(result->access_token.expose(), "api-2");
  EXPECT_FALSE(result->refresh_token);
}

TEST_F(TokenExchangeFlow, NoAccessTokenIsAnAnswerToAnExchangeOnly) {
  expect_discovery();
  expect_token(200, exchanged(kAssertionType, "N_A"));

  const auto result = manager_.redeem_assertion("mock", Secret("assertion"));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "token.type_unknown");
}

TEST_F(TokenExchangeFlow, RefusedTokenMeansGettingAnotherOne) {
  expect_discovery();
  expect_token(400, R"({"error":"invalid_grant"})");
  const auto exchanged = manager_.exchange_token("mock", id_token());
  ASSERT_FALSE(exchanged);
  EXPECT_EQ(exchanged.error().category, Category::LoginRequired);
  EXPECT_EQ(exchanged.error().spec, "RFC 8693 §2.2.2");

  expect_token(400, R"({"error":"invalid_grant"})");
  const auto redeemed = manager_.redeem_assertion("mock", Secret("the-assertion"));
  ASSERT_FALSE(redeemed);
  EXPECT_EQ(redeemed.error().spec, "RFC 7523 §3.1");
  EXPECT_EQ((redeemed.error().message + redeemed.error().hint).find("the-assertion"), std::string::npos);
}

TEST_F(TokenExchangeFlow, NothingIsSentForNothing) {  // the script is empty: a request would fail the test
  EXPECT_EQ(manager_.exchange_token("mock", {}).error().code, "exchange.no_subject");
  EXPECT_EQ(manager_.redeem_assertion("mock", Secret()).error().code, "assertion.none");
  auto exchange = id_token();
  exchange.resources = {"https://api.example/a#part"};
  EXPECT_EQ(manager_.exchange_token("mock", exchange).error().code, "exchange.resource");
}

}  // namespace
}  // namespace mimir::oauth::testing
