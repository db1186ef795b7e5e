// Tokens over the control API: issued without a login, ended one by one, looked up.
#include <gmock/gmock.h>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ControlTokens : public ControlFixture {
 protected:
  void SetUp() override { create("one"); }
  int use(const std::string& token) {
    return server_.handle({.method = "GET", .target = "/r/one/resource", .headers = bearer(token)}).status;
  }
  std::int64_t count(const std::string& call, const std::string& body, const char* what) {
    return body_of(post("/realms/one/tokens/" + call, body)).int_at(what).value_or(-1);
  }
};

TEST_F(ControlTokens, AreIssuedWithoutALogin) {
  const auto tokens = body_of(post("/realms/one/tokens/issue", R"({"client_id": "app", "sub": "ada", "scopes": ["openid", "api.read", "offline_access"]})"));
  EXPECT_EQ(use(text_at(tokens, "access_token")), 200);
  EXPECT_EQ(text_at(claims_of(text_at(tokens, "id_token")), "sub"), "ada");
  EXPECT_EQ(refresh("one", text_at(tokens, kRefresh)).status, 200);
  const auto journal = get("/realms/one/journal?endpoint=control");
  EXPECT_EQ(body_of(journal).at_pointer("/exchanges/0/reason")->as_string()->compare("issued for a test: no login"), 0);
  EXPECT_THAT(journal.body, Not(HasSubstr(text_at(tokens, "access_token"))));

  expect_problem(post("/realms/one/tokens/issue", R"({"client_id": "nobody"})"), 422, "client.unknown", "/client_id");
  expect_problem(post("/realms/one/tokens/issue", R"({"client_id": "app", "sub": "nobody"})"), 422, "user.unknown", "/sub");
  EXPECT_EQ(server_.find_realm("one")->journal().last_number(), 3u);
}

TEST_F(ControlTokens, WhatIsSignedStandsInTheJournal) {
  const auto token = text_at(body_of(post("/realms/one/tokens/sign", R"({"claims": {"sub": "eve"}})")), "token");
  EXPECT_EQ(use(token), 401);
  const auto journal = get("/realms/one/journal?endpoint=control");
  EXPECT_EQ(body_of(journal).find("exchanges")->as_array()->size(), 1u);
  EXPECT_THAT(journal.body, Not(HasSubstr(token)));
  expect_problem(post("/realms/one/tokens/sign", R"({"claims": {}, "alg": "none"})"), 422, "key.algorithm", "/alg");
  EXPECT_EQ(server_.find_realm("one")->journal().last_number(), 2u);
}

TEST_F(ControlTokens, OneEndsAndTheOthersLive) {
  const auto first = login("one");
  const auto second = login("one");
  const auto body = [](const Json& tokens, std::string_view name) { return R"({"token": ")" + text_at(tokens, name) + "\"}"; };
  EXPECT_EQ(count("expire", body(first, "access_token"), "expired"), 1);
  EXPECT_EQ(count("expire", body(first, "access_token"), "expired"), 0);
  EXPECT_EQ(count("revoke", body(second, kRefresh), "revoked"), 1);
  EXPECT_EQ(count("revoke", R"({"token": "unknown"})", "revoked"), 0);

  EXPECT_EQ(use(text_at(first, "access_token")), 401);
  EXPECT_EQ(use(text_at(second, "access_token")), 200);
  EXPECT_EQ(refresh("one", text_at(first, kRefresh)).status, 200);
  EXPECT_EQ(refresh("one", text_at(second, kRefresh)).status, 400);
  expect_problem(post("/realms/one/tokens/revoke", R"({"token": "x", "sub": "ada"})"), 422, "token.which", "/sub");
}

TEST_F(ControlTokens, LeadToTheirGrantAndItsLineage) {
  const auto tokens = login("one");
  const auto next = body_of(refresh("one", text_at(tokens, kRefresh)));
  const auto grant = body_of(post("/realms/one/tokens/lookup", R"({"token": ")" + text_at(next, kRefresh) + "\"}"));
  EXPECT_EQ(grant.string_at("flow"), "g1");
  EXPECT_EQ(grant.string_at("sub"), "ada");
  EXPECT_EQ(grant.bool_at("alive"), true);
  EXPECT_EQ(grant.at_pointer("/lineage/0/issued/0")->as_string()->compare("code:c1"), 0);
  EXPECT_EQ(grant.at_pointer("/lineage/1/consumed/0")->as_string()->compare("code:c1"), 0);
  EXPECT_EQ(grant.at_pointer("/lineage/2/consumed/0")->as_string()->compare("refresh:r1"), 0);
  EXPECT_EQ(get("/realms/one/grants/g1").body, post("/realms/one/tokens/lookup", R"({"token": ")" + text_at(tokens, "access_token") + "\"}").body);

  ASSERT_EQ(post("/realms/one/tokens/revoke", "{}").status, 200);
  EXPECT_EQ(body_of(get("/realms/one/grants/g1")).bool_at("alive"), false);
  expect_problem(get("/realms/one/grants/g9"), 404, "grant.unknown");
  expect_problem(post("/realms/one/tokens/lookup", R"({"token": "x"})"), 404, "token.unknown", "/token");
}

}  // namespace
}  // namespace mockoauth::server::testing
