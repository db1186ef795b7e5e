// Tokens bound to a key by DPoP: at the resource.
#include "tests/requirements/dpop_fixture.hpp"
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(rs_dpop_needs_scheme) {
  DpopKey key(server);
  const auto token = access_of(bound_login(server, key));
  challenged(server.use(token), 401, "invalid_token");
  auto as_bearer = key.use(token);
  as_bearer.back().second = "Bearer " + token;
  challenged(server.get("/resource", as_bearer), 401, "invalid_token");
  EXPECT_EQ(server.get("/resource", key.use(token)).status, 200);
}

REQUIREMENT(rs_dpop_checks_proof) {
  DpopKey key(server);
  DpopKey other(server);
  const auto token = access_of(bound_login(server, key));
  const auto send = [&](const Headers& proof) { return server.get("/resource", DpopKey::present(token, proof)); };
  auto wrong_hash = key.claims("GET", "/resource");
  wrong_hash.set("ath", Json(DpopKey::hash("another token")));

  challenged(send({}), 401, "invalid_dpop_proof");
  challenged(server.get("/resource", other.use(token)), 401, "invalid_token");
  challenged(send(key.proof("GET", "/resource")), 401, "invalid_dpop_proof");  // Without ath.
  challenged(send(key.sign(key.header(), wrong_hash)), 401, "invalid_dpop_proof");
  challenged(server.get("/resource", key.use(token, "GET", "/userinfo")), 401, "invalid_dpop_proof");
  challenged(server.get("/resource", key.use(token, "POST")), 401, "invalid_dpop_proof");
  const auto good = key.use(token);
  EXPECT_EQ(server.get("/resource", good).status, 200);
  challenged(server.get("/resource", good), 401, "invalid_dpop_proof");  // The same proof again.

  challenged(server.get("/resource", key.use(access_of(server.login()))), 401, "invalid_token");  // A bearer token.
}

REQUIREMENT(rs_dpop_challenge) {
  DpopKey key(server);
  const auto names_dpop = [](const HttpResponse& answer) {
    EXPECT_EQ(answer.status, 401);
    const auto challenges = "\n" + challenges_of(answer);
    const auto at = challenges.find("\nDPoP ");
    ASSERT_NE(at, std::string::npos) << challenges;
    EXPECT_NE(challenges.find("algs=\"", at), std::string::npos) << challenges;
    EXPECT_NE(challenges.find("ES256", at), std::string::npos) << challenges;
  };
  names_dpop(server.get("/resource"));
  names_dpop(server.use("no-such-token"));
  names_dpop(server.get("/resource", key.use("no-such-token")));

  Engine without(plain_but({{"extensions", Json::array({"iss_param"})}}));
  EXPECT_EQ(challenges_of(without.get("/resource")).find("DPoP"), std::string::npos);
}

}  // namespace
}  // namespace mockoauth::server::testing
