// A program's own tokens (RFC 6749 §4.4) and how a client proves itself with a key (RFC 7523).
#include "login_fixture.hpp"

#include <mimir/codec/jws.hpp>

namespace mimir::oauth::testing {
namespace {

/// Made for this test with `openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -nocrypt`.
constexpr auto kEcKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+1ntYvL2TuB3bcd8
R5eFnFjO8vjFqxnyM1w77ZRmqpGhRANCAATEGm+8mFg7J9whBHL87S6nAwKSe1Eg
PyNRhNI4RE1tvFEGVojCqCsWd4XEUY5gTLWeXbVnkVJq9f1xjn3JejYG
-----END PRIVATE KEY-----
)";

class ClientCredentials : public LoginTest {
 protected:
  void use(OAuthConfig of) { manager_.add_provider("mock", std::move(of)); }
  static OAuthConfig with_secret() {
    auto confidential = config();
    confidential.client_secret = Secret("s3cret");
    return confidential;
  }
  static OAuthConfig with_key() {
    auto confidential = config();
    confidential.client_key = Secret(kEcKey);
    confidential.client_key_id = "key-1";
    return confidential;
  }
};

TEST_F(ClientCredentials, GetsATokenForItself) {
  use(with_secret());
  expect_discovery();
  expect_token(200, tokens("own-token"));

  const auto result = manager_.client_credentials("mock");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->access_token.expose(), "own-token");
  EXPECT_FALSE(result->refresh_token);           // RFC 6749 §4.4.3
  EXPECT_FALSE(*manager_.stored("mock"));        // no user's login is touched
  EXPECT_EQ(http_.requests().back().form.one("grant_type"), "client_credentials");
  EXPECT_EQ(http_.requests().back().form.one("scope"), "api");
}

TEST_F(ClientCredentials, OneRequestPerLifetime) {  // client-credentials-token-cached
  use(with_secret());
  expect_discovery();
  expect_token(200, tokens("own-1"));
  for (int call = 0; call < 5; ++call) ASSERT_TRUE(manager_.client_credentials("mock"));
  clock_.advance(std::chrono::minutes(59));
  expect_token(200, tokens("own-2"));

  EXPECT_EQ(manager_.client_credentials("mock")->access_token.expose(), "own-2");

  use(with_secret());  // another configuration under the same name: nothing of the old one is used
  expect_token(200, tokens("own-3"));
  EXPECT_EQ(manager_.client_credentials("mock")->access_token.expose(), "own-3");
}

TEST_F(ClientCredentials, PublicClientsDoNotTry) {  // client-credentials-confidential-only
  use(config());
  expect_discovery();

  const auto result = manager_.client_credentials("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "client.no_credentials");
}

TEST_F(ClientCredentials, KeyProvesTheClientAnewEachTime) {  // client-auth-jwt-claims, -aud-issuer, -fresh
  use(with_key());
  expect_discovery();
  expect_token(200, tokens("own-1"));
  ASSERT_TRUE(manager_.client_credentials("mock"));
  clock_.advance(std::chrono::minutes(59));
  expect_token(200, tokens("own-2"));
  ASSERT_TRUE(manager_.client_credentials("mock"));

  const auto key = *codec::Key::from_pem(kEcKey);
  std::vector<std::string> seen;
  for (const std::size_t i : {1U, 2U}) {
    const auto form = http_.requests()[i].form;
    EXPECT_EQ(form.one("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    EXPECT_EQ(form.one("client_id"), "cli");
    EXPECT_FALSE(form.one("client_secret"));
    const auto jws = codec::Jws::parse(*form.one("client_assertion"));
    ASSERT_TRUE(jws);
    const std::array allowed{codec::JwsAlgorithm::ES256};
    EXPECT_TRUE(codec::jws_verify(*jws, key, allowed));
    EXPECT_EQ(jws->header.string_at("kid"), "key-1");
    const auto claims = *codec::Json::parse(jws->payload);
    EXPECT_EQ(claims.string_at("iss"), "cli");
    EXPECT_EQ(claims.string_at("sub"), "cli");
    EXPECT_EQ(claims.string_at("aud"), kIssuer);
    EXPECT_EQ(*claims.int_at("exp") - *claims.int_at("iat"), 60);
    seen.push_back(*claims.string_at("jti"));
  }
  EXPECT_NE(seen[0], seen[1]);
}

TEST_F(ClientCredentials, KeyMustFitWhatIsAdvertised) {  // client-auth-jwt-alg-advertised
  use(with_key());
  auto document = metadata();
  document.set("token_endpoint_auth_methods_supported", codec::Json::array({"private_key_jwt"}));
  document.set("token_endpoint_auth_signing_alg_values_supported", codec::Json::array({"RS256"}));
  expect_discovery(document);

  const auto result = manager_.client_credentials("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "client.auth_method");
  EXPECT_NE(result.error().message.find("RS256"), std::string::npos);
}

TEST_F(ClientCredentials, KeyIsNotSentWhereItIsNotTaken) {
  use(with_key());
  auto document = metadata();
  document.set("token_endpoint_auth_methods_supported", codec::Json::array({"client_secret_basic"}));
  expect_discovery(document);

  ASSERT_FALSE(manager_.client_credentials("mock"));
}

TEST_F(ClientCredentials, BrokenKeyIsNamedAndNotShown) {
  auto broken_key = config();
  broken_key.client_key = Secret("-----BEGIN PRIVATE KEY-----\nTUFSS0VS\n-----END PRIVATE KEY-----\n");
  use(std::move(broken_key));
  expect_discovery();

  const auto result = manager_.client_credentials("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "client.key");
  EXPECT_EQ((result.error().message + result.error().hint).find("TUFSS0VS"), std::string::npos);
}

TEST_F(ClientCredentials, LoginAndRefreshUseTheKeyToo) {  // refresh-client-authenticated
  use(with_key());
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  expect_token(200, tokens("access-2", "refresh-2"));
  ASSERT_TRUE(manager_.refresh_token("mock"));

  for (const auto& request : http_.requests()) {
    EXPECT_EQ(request.form.count("client_assertion"), request.method == "POST" ? 1U : 0U);
  }
}

}  // namespace
}  // namespace mimir::oauth::testing
