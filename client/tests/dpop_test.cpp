// Proof of possession, RFC 9449: section 11 of the requirements catalogue. Names in comments are those of its rows.
#include <array>
#include <set>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/jws.hpp>
#include <mimir/oauth/token_source.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kToken = "https://as.example/token";
constexpr auto* kResource = "https://api.example/me";

/// A proof as a server sees it: verified with the key that it carries.
struct SeenProof {
  codec::Json header;
  codec::Json claims;
  std::string thumbprint;
};

SeenProof read_proof(const RecordedRequest& request) {
  SeenProof seen;
  const auto count = std::count_if(request.headers.begin(), request.headers.end(),
                                   [](const auto& header) { return header.first == "DPoP"; });
  EXPECT_EQ(count, 1) << request.url;  // RFC 9449 §4.3: not more than one
  const auto jws = codec::Jws::parse(request.header("DPoP"));
  if (!jws) {
    ADD_FAILURE() << "no proof: " << jws.error().message;
    return seen;
  }
  seen.header = jws->header;
  seen.claims = *codec::Json::parse(jws->payload);
  const auto key = codec::Key::from_jwk(*seen.header.find("jwk"));
  EXPECT_TRUE(key);
  if (!key) return seen;
  EXPECT_FALSE(key->is_private());
  constexpr std::array kAllowed{codec::JwsAlgorithm::ES256, codec::JwsAlgorithm::EdDSA};
  EXPECT_TRUE(codec::jws_verify(*jws, *key, kAllowed));
  seen.thumbprint = *key->thumbprint();
  return seen;
}

std::string bound_tokens(const std::string& access = "access-1", const std::string& type = "DPoP") {
  return codec::Json::object({{"access_token", access},
                              {"token_type", type},
                              {"expires_in", 3600},
                              {"refresh_token", "refresh-of-" + access}})
      .dump();
}

/// The same answer with a nonce.
HttpOutcome with_nonce(int status, const std::string& body, const std::string& nonce) {
  return answer(status, body, "application/json", {{"DPoP-Nonce", nonce}});
}

class DpopTest : public LoginTest {
 protected:
  DpopTest() { manager_.add_provider("mock", bound_config()); }

  static OAuthConfig bound_config() {
    auto result = config();
    result.dpop_bound_access_tokens = true;
    return result;
  }
  void log_in() {
    expect_discovery();
    expect_token(200, bound_tokens());
    const auto result = manager_.initiate_flow("mock");
    ASSERT_TRUE(result) << result.error().message;
  }
  void expect_reply(const char* method, const char* url, int status, const std::string& body, const std::string& nonce) {
    http_.expect(method, url, [=](const auto&) { return with_nonce(status, body, nonce); });
  }
  void expect_challenge(const std::string& challenge, const std::string& nonce = {}) {
    http_.expect("GET", kResource, [=](const auto&) {
      std::vector<std::pair<std::string, std::string>> headers{{"WWW-Authenticate", challenge}};
      if (!nonce.empty()) headers.emplace_back("DPoP-Nonce", nonce);
      return answer(401, "", "text/plain", headers);
    });
  }
  std::vector<std::string> nonces_sent_to(const std::string& url) {
    std::vector<std::string> result;
    for (const auto& request : http_.requests()) {
      if (request.url == url) result.push_back(read_proof(request).claims.string_at("nonce").value_or("-"));
    }
    return result;
  }
};

TEST_F(DpopTest, ProvesItsKeyAtTheTokenEndpoint) {
  // dpop-proof-at-token-endpoint, dpop-proof-header, dpop-proof-claims, dpop-jkt-sent
  log_in();

  const auto proof = read_proof(http_.requests().back());
  EXPECT_EQ(proof.header.string_at("typ"), "dpop+jwt");
  EXPECT_EQ(proof.header.string_at("alg"), "ES256");
  EXPECT_EQ(proof.header.find("jwk")->find("d"), nullptr);
  EXPECT_EQ(proof.claims.string_at("htm"), "POST");
  EXPECT_EQ(proof.claims.string_at("htu"), kToken);
  EXPECT_EQ(proof.claims.int_at("iat"), std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch()).count());
  EXPECT_GE(proof.claims.string_at("jti")->size(), 16U);  // RFC 9449 §4.2: 96 random bits
  EXPECT_EQ(proof.claims.find("ath"), nullptr);
  const auto asked = codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query());
  EXPECT_EQ(asked->one("dpop_jkt"), proof.thumbprint);
}

TEST_F(DpopTest, UsesAnAlgorithmThatTheServerLists) {
  auto document = metadata();
  document.set("dpop_signing_alg_values_supported", codec::Json::array({"PS512", "EdDSA"}));
  expect_discovery(document);
  expect_token(200, bound_tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(read_proof(http_.requests().back()).header.string_at("alg"), "EdDSA");
}

TEST_F(DpopTest, NoSpokenAlgorithmOpensNoBrowser) {
  auto document = metadata();
  document.set("dpop_signing_alg_values_supported", codec::Json::array({"PS512", "none", "HS256"}));
  expect_discovery(document);

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "dpop.algorithm");
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(DpopTest, BearerDowngradeIsRefused) {  // dpop-bearer-downgrade-refused
  expect_discovery();
  expect_token(200, bound_tokens("access-1", "Bearer"));

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "token.not_bound");
  EXPECT_FALSE(*manager_.stored("mock"));
}

TEST_F(DpopTest, BoundTokenThatNobodyAskedForIsRefused) {  // dpop-unrequested-token-refused
  manager_.add_provider("mock", config());
  expect_discovery();
  expect_token(200, bound_tokens());

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "token.type_unknown");
  EXPECT_EQ(http_.requests().back().header("DPoP"), "");
}

TEST_F(DpopTest, NonceIsAnsweredWithTheSameCodeAndANewProof) {
  // dpop-nonce-as-retry, dpop-nonce-code-exchange, dpop-proof-fresh
  expect_discovery();
  expect_reply("POST", kToken, 400, R"({"error":"use_dpop_nonce"})", "n-1");
  expect_token(200, bound_tokens());

  const auto result = manager_.initiate_flow("mock");

  ASSERT_TRUE(result) << result.error().message;
  const auto requests = http_.requests();
  const auto first = read_proof(requests[1]);
  const auto second = read_proof(requests[2]);
  EXPECT_EQ(requests[1].body, requests[2].body);  // nothing twice, nothing left out
  EXPECT_EQ(first.claims.find("nonce"), nullptr);
  EXPECT_EQ(second.claims.string_at("nonce"), "n-1");
  EXPECT_NE(first.claims.string_at("jti"), second.claims.string_at("jti"));
  EXPECT_EQ(first.thumbprint, second.thumbprint);
}

TEST_F(DpopTest, NonceChallengesAreAnsweredOnce) {  // dpop-nonce-bounded: a third request fails the script
  expect_discovery();
  expect_reply("POST", kToken, 400, R"({"error":"use_dpop_nonce"})", "n-1");
  expect_reply("POST", kToken, 400, R"({"error":"use_dpop_nonce"})", "n-2");

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "use_dpop_nonce");
}

TEST_F(DpopTest, NonceChallengeWithoutAUsableNonceIsNotRepeated) {
  expect_discovery();
  expect_reply("POST", kToken, 400, R"({"error":"use_dpop_nonce"})", "not a nonce");

  EXPECT_FALSE(manager_.initiate_flow("mock"));
}

TEST_F(DpopTest, NewestNonceIsUsedFromThenOn) {  // dpop-nonce-renewed
  expect_discovery();
  expect_reply("POST", kToken, 200, bound_tokens(), "n-1");
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  expect_reply("POST", kToken, 200, bound_tokens("access-2"), "n-2");
  ASSERT_TRUE(manager_.refresh_token("mock"));
  expect_token(200, bound_tokens("access-3"));
  ASSERT_TRUE(manager_.refresh_token("mock"));

  EXPECT_EQ(nonces_sent_to(kToken), (std::vector<std::string>{"-", "n-1", "n-2"}));
}

TEST_F(DpopTest, RefreshUsesTheKeyOfTheLoginInALaterRunToo) {  // dpop-key-kept-for-refresh
  log_in();
  const auto first = read_proof(http_.requests().back());
  OAuthManager later({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage_, .clock = clock_,
                      .random = random_});
  expect_discovery();
  expect_token(200, bound_tokens("access-2"));

  const auto result = later.refresh_token("mock");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(read_proof(http_.requests().back()).thumbprint, first.thumbprint);
  EXPECT_TRUE(stored_tokens().dpop_key);  // and is there for the next one
}

TEST_F(DpopTest, EachLoginHasItsOwnKey) {
  log_in();
  const auto first = read_proof(http_.requests().back());
  expect_token(200, bound_tokens("access-2"));
  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_NE(read_proof(http_.requests().back()).thumbprint, first.thumbprint);
}

TEST_F(DpopTest, KeyIsWrittenNowhereButIntoTheStore) {  // dpop-key-private
  log_in();
  const auto key = stored_tokens().dpop_key->clone();
  ASSERT_NE(key.expose().find("PRIVATE KEY"), std::string_view::npos);
  const auto body = std::string(key.expose().substr(key.expose().find('\n') + 1, 40));

  for (const auto& request : http_.requests()) {
    EXPECT_EQ(request.body.find(body), std::string::npos);
    for (const auto& [name, value] : request.headers) EXPECT_EQ(value.find(body), std::string::npos) << name;
  }
  for (const auto& event : events_) EXPECT_EQ(event.text.find(body), std::string::npos);
  EXPECT_EQ(user_.opened.back().find(body), std::string::npos);
}

TEST_F(DpopTest, ResourceGetsTheDpopSchemeAndTheTokensHash) {  // dpop-ath-at-resource, dpop-scheme-at-resource
  log_in();
  const auto bound = read_proof(http_.requests().back()).thumbprint;
  const auto url = std::string(kResource) + "?q=1#part";
  http_.expect("GET", url, 200, "{}");
  TokenSource source(manager_, "mock");

  ASSERT_TRUE(source.send({.url = url}));

  const auto request = http_.requests().back();
  const auto proof = read_proof(request);
  EXPECT_EQ(request.header("Authorization"), "DPoP access-1");
  EXPECT_EQ(proof.claims.string_at("ath"), codec::base64url_encode(codec::sha256("access-1")));
  EXPECT_EQ(proof.claims.string_at("htm"), "GET");
  EXPECT_EQ(proof.claims.string_at("htu"), kResource);  // RFC 9449 §4.2: without query and fragment
  EXPECT_EQ(proof.thumbprint, bound);
}

TEST_F(DpopTest, ResourceNonceIsAnsweredWithoutARefresh) {  // dpop-nonce-rs-retry, dpop-scheme-challenge-case
  log_in();
  TokenSource source(manager_, "mock");
  expect_challenge(R"(Bearer realm="x, y", dpop  error="use_dpop_nonce", algs="ES256")", "r-1");
  http_.expect("GET", kResource, 200, "{}");

  const auto response = source.send({.url = kResource});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(nonces_sent_to(kResource), (std::vector<std::string>{"-", "r-1"}));
}

TEST_F(DpopTest, NoncesOfTheTwoServersAreNotMixed) {  // dpop-nonce-per-server, on one origin even
  constexpr auto* kApiHere = "https://as.example/me";
  expect_discovery();
  expect_reply("POST", kToken, 200, bound_tokens(), "a-1");
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  TokenSource source(manager_, "mock");
  expect_reply("GET", kApiHere, 200, "{}", "r-1");
  ASSERT_TRUE(source.send({.url = kApiHere}));
  expect_reply("GET", kApiHere, 200, "{}", "r-2");
  ASSERT_TRUE(source.send({.url = kApiHere}));
  expect_token(200, bound_tokens("access-2"));
  ASSERT_TRUE(manager_.refresh_token("mock"));

  EXPECT_EQ(nonces_sent_to(kApiHere), (std::vector<std::string>{"-", "r-1"}));
  EXPECT_EQ(nonces_sent_to(kToken), (std::vector<std::string>{"-", "a-1"}));
}

TEST_F(DpopTest, RefusedTokenIsRenewedAndShownWithItsOwnProof) {
  log_in();
  TokenSource source(manager_, "mock");
  expect_challenge(R"(DPoP error="invalid_token")");
  expect_token(200, bound_tokens("access-2"));
  http_.expect("GET", kResource, 200, "{}");

  ASSERT_TRUE(source.send({.url = kResource}));

  const auto request = http_.requests().back();
  EXPECT_EQ(request.header("Authorization"), "DPoP access-2");
  EXPECT_EQ(read_proof(request).claims.string_at("ath"), codec::base64url_encode(codec::sha256("access-2")));
}

TEST_F(DpopTest, RefusedProofNamesAWrongClock) {  // dpop-clock-skew
  expect_discovery();
  http_.expect("POST", kToken, [](const auto&) {
    return answer(400, R"({"error":"invalid_dpop_proof"})", "application/json", {{"Date", "Mon, 23 Nov 2026 23:00:00 GMT"}});
  });

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "invalid_dpop_proof");
  EXPECT_EQ(result.error().category, Category::LocalEnvironment);
  EXPECT_NE(result.error().message.find("60 minutes ahead"), std::string::npos) << result.error().message;
}

TEST_F(DpopTest, LoginWithoutAKeyDoesNotServeOnceBindingIsWanted) {
  store_login("access-1", "refresh-1", std::chrono::hours(1));

  const auto result = manager_.refresh_token("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "login.not_bound");
}

TEST_F(DpopTest, DamagedKeyAsksForANewLogin) {
  log_in();
  auto login = *storage_->load("mock");
  login->tokens.dpop_key = Secret("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(storage_->store("mock", *login, login->generation));

  const auto refreshed = manager_.refresh_token("mock");
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, "dpop.key");
  EXPECT_EQ(refreshed.error().category, Category::LoginRequired);

  TokenSource source(manager_, "mock");
  const auto sent = source.send({.url = kResource});  // and is never shown as a bearer token
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, "dpop.key");
}

TEST_F(DpopTest, DeviceLoginAndPushedRequestAreBoundToo) {
  auto pushing = bound_config();
  pushing.pushes_authorization = true;
  manager_.add_provider("mock", std::move(pushing));
  auto document = metadata();
  document.set("device_authorization_endpoint", "https://as.example/device");
  document.set("pushed_authorization_request_endpoint", "https://as.example/par");
  expect_discovery(document);
  http_.expect("POST", "https://as.example/par", 201, R"({"request_uri":"urn:x:1","expires_in":60})");
  expect_token(200, bound_tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  const auto pushed = http_.requests()[1];
  EXPECT_EQ(pushed.form.one("dpop_jkt"), read_proof(pushed).thumbprint);  // RFC 9449 §10.1
  EXPECT_EQ(read_proof(pushed).claims.string_at("htu"), "https://as.example/par");

  http_.expect("POST", "https://as.example/device", 200,
               R"({"device_code":"d","user_code":"U","verification_uri":"https://as.example/go","expires_in":600})");
  expect_token(200, bound_tokens("access-2"));
  ASSERT_TRUE(manager_.device_login("mock"));
  EXPECT_EQ(http_.requests()[3].header("DPoP"), "");
  EXPECT_NE(read_proof(http_.requests()[4]).thumbprint, read_proof(pushed).thumbprint);
  EXPECT_TRUE(stored_tokens().dpop_key);
}

}  // namespace
}  // namespace mimir::oauth::testing
