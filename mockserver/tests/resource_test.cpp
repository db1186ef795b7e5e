// Resource server, user information and revocation (RFC 6750, RFC 7009, OIDC Core §5.3).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

void expect_challenge(const HttpResponse& response, int status, std::string_view error) {
  EXPECT_EQ(response.status, status) << response.body;
  const auto challenge = response.header("WWW-Authenticate").value_or("");
  EXPECT_EQ(challenge.rfind("Bearer realm=\"mockoauth\"", 0), 0u) << challenge;
  if (error.empty()) {
    EXPECT_EQ(challenge.find("error"), std::string::npos) << challenge;
  } else {
    EXPECT_NE(challenge.find("error=\"" + std::string(error) + "\""), std::string::npos) << challenge;
  }
}

TEST(RsChallenge, WithoutATokenNamesNoError) {
  Engine engine;
  expect_challenge(engine.get("/resource"), 401, "");
  expect_challenge(engine.get("/resource", {{"Authorization", "Basic abc"}}), 401, "");
}

TEST(RsInvalidToken, GarbageRefreshTokenIdTokenAndCode) {
  Engine engine;
  const auto tokens = engine.login();
  for (const auto& token : {std::string("garbage"), text_at(tokens, kRefresh), text_at(tokens, "id_token"),
                            engine.code()}) {
    expect_challenge(engine.use(token), 401, "invalid_token");
  }
  expect_challenge(engine.get("/userinfo", bearer("garbage")), 401, "invalid_token");
}

TEST(RsInvalidToken, ExpiredByTheClock) {
  Engine engine;
  const auto token = text_at(engine.login(), "access_token");
  engine.advance(3600s - 1ms);
  EXPECT_EQ(engine.use(token).status, 200);
  engine.advance(1ms);
  expect_challenge(engine.use(token), 401, "invalid_token");
  EXPECT_NE(engine.last().reason.find("token_expired"), std::string::npos);
}

TEST(RsInvalidToken, ExpiredByTheAdministrator) {
  Engine engine;
  const auto tokens = engine.login();
  EXPECT_EQ(engine.realm().expire_access_tokens(), 1u);
  EXPECT_EQ(engine.realm().expire_access_tokens(), 0u);
  expect_challenge(engine.use(text_at(tokens, "access_token")), 401, "invalid_token");
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
}

TEST(RsInvalidToken, NeverWhereTokensDoNotExpire) {
  Engine engine(plain_but({{"access.ttl_s", 0}}));
  const auto tokens = engine.login();
  EXPECT_EQ(tokens.find("expires_in"), nullptr);
  engine.advance(24h * 3650);
  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 200);
}

TEST(RsSchemeCase, DoesNotMatter) {
  Engine engine;
  const auto token = text_at(engine.login(), "access_token");
  for (const char* scheme : {"bearer ", "BEARER ", "Bearer   "}) {
    EXPECT_EQ(engine.get("/resource", {{"authorization", scheme + token}}).status, 200);
  }
}

TEST(RsQueryTokenIgnored, AndTwoMethodsRefused) {
  Engine engine;
  const auto token = text_at(engine.login(), "access_token");
  expect_challenge(engine.get("/resource?access_token=" + token), 401, "");
  expect_challenge(engine.post("/resource", {{"access_token", token}}), 401, "");
  expect_challenge(engine.post("/resource", {{"access_token", token}}, bearer(token)), 400, "invalid_request");
  expect_challenge(engine.get("/resource?access_token=" + token, bearer(token)), 400, "invalid_request");
}

TEST(RsMalformedCredentials, AreInvalidRequest) {
  for (const char* value : {"Bearer", "Bearer ", "Bearer a b", "Bearer \"x\"", "Bearer =", "Bearer a=b"}) {
    Engine engine;
    expect_challenge(engine.get("/resource", {{"Authorization", value}}), 400, "invalid_request");
  }
}

TEST(RsInsufficientScope, NamesTheScope) {
  Engine engine;
  const auto response = engine.get("/userinfo", bearer(text_at(engine.login({{"scope", "api.read"}}), "access_token")));
  expect_challenge(response, 403, "insufficient_scope");
  EXPECT_NE(response.header("WWW-Authenticate")->find("scope=\"openid\""), std::string::npos);
}

TEST(OpUserinfo, GivesTheSameSubjectAndWhatScopesAskFor) {
  Engine engine;
  const auto tokens = engine.login({{"scope", "openid email"}});

  const auto response = engine.get("/userinfo", bearer(text_at(tokens, "access_token")));

  EXPECT_EQ(body_of(response), Json::object({{"sub", "ada"}, {"email", "ada@example.org"}, {"email_verified", true}}));
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).string_at("sub"), "ada");
  EXPECT_EQ(engine.post("/userinfo", {}, bearer(text_at(tokens, "access_token"))).status, 200);
}

TEST(RevokeRefreshToken, EndsTheWholeLogin) {
  Engine engine;
  const auto tokens = engine.login();

  const auto response = engine.revoke(text_at(tokens, kRefresh));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant", "revoked");
  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 401);
}

TEST(RevokeCascade, OneTokenOrEverythingByKnob) {
  Engine one(plain_but({{"revocation.cascade", "token"}}));
  const auto tokens = one.login();
  one.revoke(text_at(tokens, "access_token"));
  EXPECT_EQ(one.use(text_at(tokens, "access_token")).status, 401);
  EXPECT_EQ(one.refresh(text_at(tokens, kRefresh)).status, 200);

  Engine all(plain_but({{"revocation.cascade", "grant"}}));
  const auto first = all.login();
  const auto second = all.login();
  const auto elsewhere = body_of(all.redeem_but(all.code({{"client_id", "other"}}), {{"client_id", "other"}}));
  all.revoke(text_at(first, kRefresh));
  EXPECT_EQ(all.use(text_at(second, "access_token")).status, 401);
  EXPECT_EQ(all.use(text_at(elsewhere, "access_token")).status, 200);

  Engine project(plain_but({{"revocation.cascade", "project"}}));
  const auto here = project.login();
  const auto there = body_of(project.redeem_but(project.code({{"client_id", "other"}}), {{"client_id", "other"}}));
  project.revoke(text_at(here, kRefresh));
  EXPECT_EQ(project.use(text_at(there, "access_token")).status, 401);
}

TEST(RevokeUnknown, Is200) {
  Engine engine;
  EXPECT_EQ(engine.revoke("garbage").status, 200);
  EXPECT_EQ(engine.last().reason, "revoke_unknown: the token is not known");
  const auto tokens = engine.login();
  engine.revoke(text_at(tokens, kRefresh));
  EXPECT_EQ(engine.revoke(text_at(tokens, kRefresh)).status, 200);
}

TEST(RevokeWrongHint, StillRevokes) {
  Engine engine;
  const auto tokens = engine.login();
  engine.revoke(text_at(tokens, kRefresh), {{"token_type_hint", "access_token"}});
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant");
}

TEST(RevokeOtherClientsToken, IsNotRevoked) {
  Engine engine;
  const auto tokens = engine.login();
  expect_error(engine.revoke(text_at(tokens, kRefresh), {{"client_id", "other"}}), 400, "unauthorized_client");
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
}

TEST(RevokeConfidentialAuthenticates, OrIsInvalidClient) {
  Engine engine;
  expect_error(engine.revoke("x", {{"client_id", "web"}}), 401, "invalid_client");
  expect_error(engine.post("/revoke", {{"client_id", "app"}}), 400, "invalid_request", "token is missing");
  expect_error(engine.post("/revoke?token=x", {{"client_id", "app"}, {"token", "x"}}), 400, "invalid_request",
               "in the URL");
}

TEST(RevokePostOnly, GetIs405) {
  Engine engine;
  const auto response = engine.get("/revoke?token=x");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("Allow"), "POST");
}

TEST(RevokeDelay, TakesEffectLaterByKnob) {
  Engine engine(plain_but({{"revocation.delay_s", 5}}));
  const auto tokens = engine.login();
  EXPECT_EQ(engine.revoke(text_at(tokens, kRefresh)).status, 200);
  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 200);
  engine.advance(5s);
  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 401);
}

TEST(RevokeSuccess, LooksAsTheKnobSays) {
  Engine engine(plain_but({{"revocation.success", Json::object({{"status", 204}, {"body", ""}})}}));
  EXPECT_EQ(engine.revoke(text_at(engine.login(), kRefresh)).status, 204);
}

TEST(RevokeStyle, NoneIsNotThere) {
  Engine engine(plain_but({{"revocation.style", "none"}}));
  EXPECT_EQ(engine.revoke("x").status, 404);
}

}  // namespace
}  // namespace mockoauth::server::testing
