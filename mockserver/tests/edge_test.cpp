// What stands before OAuth, and what goes out with any answer: knobs `transport.*` and `limits.*`.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Headers agent(const std::string& name) { return {{"User-Agent", name}}; }

TEST(Edge, AnyUserAgentWillDoUnlessTheProfileSaysOtherwise) {
  Engine server;
  EXPECT_EQ(server.get("/jwks").status, 200);
}

TEST(Edge, RequiredMeansThatThereIsOne) {
  Engine server(plain_but({{"transport.user_agent", "required"}}));

  EXPECT_EQ(server.get("/jwks").status, 403);
  EXPECT_EQ(server.last().clause, "RFC 9110 §10.1.5");
  EXPECT_EQ(server.get("/jwks", agent("curl/8")).status, 200);
}

TEST(Edge, JudgedRefusesByTheBeginning) {
  Engine server(plain_but({{"transport.user_agent", "judged"}, {"transport.refused_agents", Json::array({"Bad-Bot/"})}}));

  EXPECT_EQ(server.get("/jwks", agent("bad-bot/7.1")).status, 403);
  EXPECT_EQ(server.get("/jwks", agent("Good/1 (not Bad-Bot/7.1)")).status, 200);
  EXPECT_EQ(server.get("/jwks", agent("Bad")).status, 200) << "shorter than what is refused";
  EXPECT_EQ(server.get("/jwks").status, 403);
}

TEST(Edge, APageWhereJsonWasAskedFor) {
  Engine server(plain_but({{"transport.html_on", Json::array({"code_unknown"})}}));
  const auto page = server.redeem("<script>");

  EXPECT_EQ(page.status, 400);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  expect_error(server.refresh("unknown"), 400, "invalid_grant");
}

TEST(Edge, RateLimitHeadersCountDownAndBeginAnewWithTheHour) {
  const Json names = Json::array({"X-Limit", "X-Remaining", "X-Reset", "X-Reset-After", "X-Bucket"});
  Engine server(plain_but({{"limits.headers", names}}));

  const auto first = server.get("/jwks");
  const auto second = server.get("/jwks");
  server.advance(1h);
  const auto later = server.get("/jwks");

  EXPECT_EQ(first.header("X-Limit"), "5000");
  EXPECT_EQ(first.header("X-Remaining"), "4999");
  EXPECT_EQ(second.header("X-Remaining"), "4998");
  EXPECT_EQ(later.header("X-Remaining"), "4999");
  EXPECT_EQ(first.header("X-Reset"), "1800003600");
  EXPECT_EQ(first.header("X-Reset-After"), "3600");
  EXPECT_EQ(first.header("X-Bucket"), "mockoauth");
}

TEST(Edge, TheBodyMaySayWhenToComeBack) {
  Engine server(plain_but({{"limits.retry_after", "body"}}));
  ASSERT_TRUE(server.realm().add_fault(
      {.fault = "oauth.refuse", .arguments = Json::object({{"condition", "rate_limited"}, {"wait_s", 12}})}));

  const auto refused = server.refresh("x");

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(body_of(refused).int_at("retry_after"), 12);
  EXPECT_FALSE(refused.header("Retry-After"));
}

}  // namespace
}  // namespace mockoauth::server::testing
