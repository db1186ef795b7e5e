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

}  // namespace
}  // namespace mockoauth::server::testing
