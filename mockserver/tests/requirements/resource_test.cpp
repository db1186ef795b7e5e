// A protected resource that takes Bearer tokens.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(rs_challenge) {
  const auto answer = server.get("/resource");
  challenged(answer, 401, "");
  EXPECT_NE(answer.header("WWW-Authenticate").value_or("").find("Bearer"), std::string::npos);
  EXPECT_EQ(server.use(access_of(server.login())).status, 200);
}

REQUIREMENT(rs_challenge_no_error) {
  challenged(server.get("/resource"), 401, "");
  challenged(server.use("no-such-token"), 401, "invalid_token");
}

REQUIREMENT(rs_invalid_token) {
  challenged(server.use("no-such-token"), 401, "invalid_token");

  const auto revoked = access_of(server.login());
  EXPECT_EQ(server.use(revoked).status, 200);
  server.revoke(revoked);
  challenged(server.use(revoked), 401, "invalid_token");

  const auto expired = access_of(server.login());
  server.advance(3599s);
  EXPECT_EQ(server.use(expired).status, 200);
  server.advance(1s);
  challenged(server.use(expired), 401, "invalid_token");
}

REQUIREMENT(rs_insufficient_scope) {
  const auto answer = server.get("/userinfo", bearer(access_of(server.login({{"scope", "api.read"}}))));
  challenged(answer, 403, "insufficient_scope");
  EXPECT_NE(answer.header("WWW-Authenticate").value_or("").find("scope=\"openid\""), std::string::npos);
  EXPECT_EQ(server.get("/userinfo", bearer(access_of(server.login({{"scope", "openid"}})))).status, 200);
}

REQUIREMENT(rs_scheme_case) {
  const auto token = access_of(server.login());
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER ", "bEARER "}) {
    EXPECT_EQ(server.get("/resource", {{"Authorization", scheme + token}}).status, 200) << scheme;
  }
  EXPECT_EQ(server.get("/resource", {{"Authorization", "Basic " + token}}).status, 401);
}

REQUIREMENT(rs_query_token_ignored) {
  const auto token = access_of(server.login());
  challenged(server.get("/resource?access_token=" + token), 401, "");
  EXPECT_EQ(server.use(token).status, 200);
}

REQUIREMENT(rs_two_methods) {
  const auto token = access_of(server.login());
  challenged(server.post("/resource", {{"access_token", token}}, bearer(token)), 400, "invalid_request");
  challenged(server.get("/resource?access_token=" + token, bearer(token)), 400, "invalid_request");
  EXPECT_EQ(server.post("/resource", {}, bearer(token)).status, 200);
}

REQUIREMENT(rs_response_not_cached) {
  const auto token = access_of(server.login());
  // A token in the URL is not taken, so there is no answer to it that could be kept.
  EXPECT_EQ(server.get("/resource?access_token=" + token).status, 401);
  const auto answer = server.use(token);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

REQUIREMENT(rs_metadata_document) {
  const auto answer = server.get("/.well-known/oauth-protected-resource/resource");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(text_at(answer, "resource"), server.realm().resource_url());
  EXPECT_EQ(*body_of(answer).find("authorization_servers"), Json::array({Json(server.realm().issuer())}));
  EXPECT_EQ(server.get("/.well-known/oauth-protected-resource/no-such-resource").status, 404);
}

REQUIREMENT(rs_metadata_in_challenge) {
  const auto challenge = server.get("/resource").header("WWW-Authenticate").value_or("");
  constexpr std::string_view start = "resource_metadata=\"http://127.0.0.1:4321";
  const auto at = challenge.find(start);
  ASSERT_NE(at, std::string::npos) << challenge;
  const auto path = challenge.substr(at + start.size(), challenge.find('"', at + start.size()) - at - start.size());
  EXPECT_EQ(text_at(server.get(path), "resource"), server.realm().resource_url());
}

REQUIREMENT(rs_step_up_challenge) {
  const auto weak = server.get("/resource/payments", bearer(access_of(server.login())));
  challenged(weak, 401, "insufficient_user_authentication");
  const auto challenge = weak.header("WWW-Authenticate").value_or("");
  EXPECT_NE(challenge.find("acr_values=\"mfa phr\""), std::string::npos) << challenge;
  EXPECT_NE(challenge.find("max_age=\"300\""), std::string::npos) << challenge;

  const auto strong = access_of(server.login({{"acr_values", "mfa phr"}, {"max_age", "300"}}));
  EXPECT_EQ(server.get("/resource/payments", bearer(strong)).status, 200);
  server.advance(301s);
  challenged(server.get("/resource/payments", bearer(strong)), 401, "insufficient_user_authentication");
}

}  // namespace
}  // namespace mockoauth::server::testing
