// The fault `oauth.refuse`: a refusal that no request brings about, in the provider's words.
#include <gmock/gmock.h>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;

std::string error_of(Engine& server, Json arguments) {
  const auto added = server.realm().add_fault({.fault = "oauth.refuse", .arguments = std::move(arguments)});
  return added ? "added" : added.error().message;
}

TEST(OauthRefuse, SpeaksAsTheProfileDoes) {
  Engine server(plain_but({{"errors.map", Json::object({{"reauth_policy", Json::object({{"status", 418}, {"code", "sign_in_again"}})}})}}));
  const auto token = text_at(server.login(), kRefresh);
  ASSERT_EQ(error_of(server, Json::object({{"condition", "reauth_policy"}})), "added");

  expect_error(server.refresh(token), 418, "sign_in_again");
  EXPECT_EQ(server.last().faults, std::vector<std::string>{"oauth.refuse"});
  EXPECT_EQ(server.refresh(token).status, 200) << "it struck once, and judged nothing";
}

TEST(OauthRefuse, HasTheChallengeOfAResource) {
  Engine server;
  ASSERT_EQ(error_of(server, Json::object({{"condition", "token_expired"}})), "added");
  EXPECT_THAT(server.use("x").header("WWW-Authenticate").value_or(""), HasSubstr("error=\"invalid_token\""));
}

TEST(OauthRefuse, KnowsTheMomentToComeBack) {
  Engine server(plain_but({{"limits.retry_after", "seconds"}}));
  ASSERT_EQ(error_of(server, Json::object({{"condition", "rate_limited"}, {"wait_s", 7}})), "added");
  EXPECT_EQ(server.refresh("x").header("Retry-After"), "7");
}

TEST(OauthRefuse, RefusesArgumentsThatMeanNothing) {
  Engine server;
  EXPECT_THAT(error_of(server, Json()), HasSubstr("needs the argument `condition`"));
  EXPECT_THAT(error_of(server, Json::object({{"condition", "tired"}})), HasSubstr("not one of those"));
  EXPECT_THAT(error_of(server, Json::object({{"condition", "rate_limited"}, {"wait", 1}})), HasSubstr("no argument `wait`"));
  EXPECT_THAT(error_of(server, Json::object({{"condition", "rate_limited"}, {"wait_s", -1}})), HasSubstr("not a number"));
}

}  // namespace
}  // namespace mockoauth::server::testing
