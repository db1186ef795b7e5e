// PKCE at both endpoints (RFC 7636, RFC 9700 §2.1.1, §4.8.2).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

TEST(PkceSupported, AcceptsTheVectorOfRfc7636AppendixB) {
  Engine engine;
  EXPECT_EQ(engine.redeem(engine.code()).status, 200);
}

TEST(PkceRequiredOfPublicClients, ButNotOfConfidentialOnes) {
  Engine engine(plain_but({{"pkce.mode", "required_public"}}));

  const auto refused = engine.authorize_but({{"code_challenge", ""}, {"code_challenge_method", ""}});
  const auto granted = engine.authorize_but({{"client_id", "web"},
                                             {"redirect_uri", "https://web.example/cb?tenant=1"},
                                             {"scope", "openid"},
                                             {"code_challenge", ""},
                                             {"code_challenge_method", ""}});

  EXPECT_EQ(location_of(refused).one("error"), "invalid_request");
  EXPECT_EQ(engine.realm().journal().exchanges().front().clause, "RFC 7636 §4.4.1");
  EXPECT_TRUE(location_of(granted).one("code"));
}

TEST(PkceMode, OptionalAndIgnored) {
  Engine optional(plain_but({{"pkce.mode", "optional"}}));
  const auto bare = optional.code({{"code_challenge", ""}, {"code_challenge_method", ""}});
  EXPECT_EQ(optional.redeem_but(bare, {{"code_verifier", ""}}).status, 200);
  expect_error(optional.redeem_but(optional.code(), {{"code_verifier", ""}}), 400, "invalid_grant");

  Engine ignored(plain_but({{"pkce.mode", "ignored"}}));
  EXPECT_EQ(ignored.redeem_but(ignored.code(), {{"code_verifier", "wrong"}}).status, 200);

  Engine required(plain_but({{"pkce.mode", "required"}}));
  const auto refused = required.authorize_but({{"client_id", "web"},
                                               {"redirect_uri", "https://web.example/cb?tenant=1"},
                                               {"scope", "openid"},
                                               {"code_challenge", ""},
                                               {"code_challenge_method", ""}});
  EXPECT_EQ(location_of(refused).one("error"), "invalid_request");
}

TEST(PkceVerifierMissing, IsInvalidGrant) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"code_verifier", ""}}), 400, "invalid_grant", "code_verifier is missing");
  EXPECT_EQ(engine.last().clause, "RFC 9700 §2.1.1");
}

TEST(PkceVerifierWrong, IsInvalidGrant) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"code_verifier", std::string(43, 'a')}}), 400, "invalid_grant",
               "does not match the code_challenge by S256");
  EXPECT_EQ(engine.last().clause, "RFC 7636 §4.6");
}

TEST(PkceVerifierEqualToChallenge, IsInvalidGrant) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"code_verifier", std::string(kChallenge)}}), 400, "invalid_grant");
}

TEST(PkceVerifierWithoutChallenge, IsInvalidGrant) {
  Engine engine(plain_but({{"pkce.mode", "required_public"}}));
  const auto code = engine.code({{"client_id", "web"},
                                 {"redirect_uri", "https://web.example/cb?tenant=1"},
                                 {"scope", "openid"},
                                 {"code_challenge", ""},
                                 {"code_challenge_method", ""}});

  const auto response = engine.redeem_but(code, {{"client_id", ""}, {"redirect_uri", "https://web.example/cb?tenant=1"}},
                                          basic("web", "s3cret:/+ &=%"));

  expect_error(response, 400, "invalid_grant", "had no code_challenge");
  EXPECT_EQ(engine.last().clause, "RFC 9700 §4.8.2");
}

TEST(PkceMethodUnsupported, IsInvalidRequest) {
  for (const char* method : {"S999", "plain", "s256", "S256 "}) {
    Engine engine;
    const auto answer = location_of(engine.authorize_but({{"code_challenge_method", method}}));
    EXPECT_EQ(answer.one("error"), "invalid_request") << method;
    EXPECT_NE(answer.one("error_description").value_or("").find("only S256"), std::string::npos) << method;
  }
}

TEST(PkcePlainRefused, AlsoWhenItIsMeantByLeavingTheMethodOut) {
  Engine engine;
  const auto answer = location_of(engine.authorize_but({{"code_challenge_method", ""}}));
  EXPECT_EQ(answer.one("error"), "invalid_request");
  EXPECT_NE(answer.one("error_description").value_or("").find("which means plain"), std::string::npos);
}

TEST(PkcePlain, WorksOnlyWhereTheKnobListsIt) {
  Engine engine(plain_but({{"pkce.methods", Json::array({"S256", "plain"})}}));
  const std::string secret(43, 'v');

  const auto code = engine.code({{"code_challenge", secret}, {"code_challenge_method", ""}});

  expect_error(engine.redeem(code), 400, "invalid_grant");
  EXPECT_EQ(engine.redeem_but(code, {{"code_verifier", secret}}).status, 200);
}

TEST(PkceVerifierLength, AndAlphabet) {
  const std::string bad[] = {std::string(42, 'a'), std::string(129, 'a'), std::string(42, 'a') + "+", std::string(42, 'a') + " ",
                             std::string(42, 'a') + "=", std::string(60'000, 'a')};
  for (const auto& verifier : bad) {
    Engine engine;
    expect_error(engine.redeem_but(engine.code(), {{"code_verifier", verifier}}), 400, "invalid_grant", "43 to 128");
    EXPECT_EQ(engine.last().clause, "RFC 7636 §4.1");
  }
}

TEST(PkceVerifierLength, TheLongestAllowedWorks) {
  const std::string verifier(128, '~');
  const auto challenge = mimir::codec::base64url_encode(mimir::codec::sha256(verifier));
  Engine engine;
  EXPECT_EQ(engine.redeem_but(engine.code({{"code_challenge", challenge}}), {{"code_verifier", verifier}}).status, 200);
}

TEST(PkceChallengeMalformed, IsInvalidRequest) {
  const std::string bad[] = {"short", std::string(42, 'A'), std::string(44, 'A'), std::string(42, 'A') + "=", std::string(42, 'A') + "+",
                             std::string(200, 'A'), std::string(42, 'A') + "~"};
  for (const auto& challenge : bad) {
    Engine engine;
    EXPECT_EQ(location_of(engine.authorize_but({{"code_challenge", challenge}})).one("error"), "invalid_request") << challenge;
  }
}

TEST(PkceMethodWithoutChallenge, IsInvalidRequest) {
  Engine engine(plain_but({{"pkce.mode", "optional"}}));
  EXPECT_EQ(location_of(engine.authorize_but({{"code_challenge", ""}})).one("error"), "invalid_request");
}

}  // namespace
}  // namespace mockoauth::server::testing
