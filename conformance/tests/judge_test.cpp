#include "runner/judge.hpp"

#include <gtest/gtest.h>

namespace mockoauth::conformance::internal {
namespace {

server::Exchange token_exchange(std::uint64_t number, const std::string& grant, const std::string& error, const std::string& body = "{}") {
  server::Exchange exchange;
  exchange.number = number;
  exchange.endpoint = "token";
  exchange.request.method = "POST";
  exchange.request.target = "/token";
  exchange.grant_type = grant;
  exchange.error = error;
  exchange.response.status = error.empty() ? 200 : 400;
  exchange.response.body = body;
  return exchange;
}

TEST(JudgeRequest, CountsOnlyWhatMatches) {
  const Exchanges seen{token_exchange(1, "refresh_token", "invalid_grant"), token_exchange(2, "authorization_code", "")};

  EXPECT_EQ(judge_request({.endpoint = "token", .times = 2}, seen, seen).verdict, Verdict::Pass);
  EXPECT_EQ(judge_request({.endpoint = "token", .grant_type = "refresh_token", .answered = "invalid_grant", .times = 1}, seen, seen).verdict, Verdict::Pass);
  EXPECT_EQ(judge_request({.endpoint = "token", .grant_type = "refresh_token", .answered = "ok"}, seen, seen).verdict, Verdict::Fail);
  EXPECT_EQ(judge_request({.endpoint = "token", .answered = "400", .times = 1}, seen, seen).verdict, Verdict::Pass);
  EXPECT_EQ(judge_request({.endpoint = "authorize", .times = 0}, seen, seen).verdict, Verdict::Pass);
}

TEST(JudgeRequest, SaysWhatWasSeenInstead) {
  const Exchanges seen{token_exchange(1, "refresh_token", "invalid_grant")};
  const auto check = judge_request({.endpoint = "token", .answered = "ok", .times = 1}, seen, seen);
  EXPECT_EQ(check.verdict, Verdict::Fail);
  EXPECT_NE(check.expected.find("answered ok, once"), std::string::npos) << check.expected;
  EXPECT_NE(check.seen.find("invalid_grant"), std::string::npos) << check.seen;
}

TEST(JudgeRequest, ParametersMustBeThereOnceOrNotAtAll) {
  auto exchange = token_exchange(3, "authorization_code", "");
  exchange.parameters = {{"code_verifier", "v"}, {"twice", "a"}, {"twice", "b"}};
  const Exchanges seen{exchange};

  EXPECT_EQ(judge_request({.endpoint = "token", .params = {{"code_verifier", "*present"}, {"scope", "*absent"}}}, seen, seen).verdict, Verdict::Pass);
  EXPECT_EQ(judge_request({.endpoint = "token", .params = {{"code_verifier", "w"}}}, seen, seen).verdict, Verdict::Fail);
  EXPECT_EQ(judge_request({.endpoint = "token", .params = {{"code_verifier", "*absent"}}}, seen, seen).verdict, Verdict::Fail);
  EXPECT_EQ(judge_request({.endpoint = "token", .params = {{"twice", "*present"}}}, seen, seen).verdict, Verdict::Fail);
}

TEST(JudgeRequest, KnowsTheLatestTokenFromAStaleOne) {
  auto refresh = [](std::uint64_t number, const std::string& token) {
    auto exchange = token_exchange(number, "refresh_token", "");
    exchange.parameters = {{"refresh_token", token}};
    return exchange;
  };
  const Exchanges all{token_exchange(1, "authorization_code", "", R"({"refresh_token":"r1"})"),
                      token_exchange(2, "refresh_token", "", R"({"refresh_token":"r2"})"), refresh(3, "r2"), refresh(4, "r1")};

  EXPECT_EQ(judge_request({.endpoint = "token", .presents = "latest"}, {all[2]}, all).verdict, Verdict::Pass);
  EXPECT_EQ(judge_request({.endpoint = "token", .presents = "latest"}, {all[3]}, all).verdict, Verdict::Fail);
  EXPECT_EQ(judge_request({.endpoint = "token", .presents = "stale"}, {all[3]}, all).verdict, Verdict::Pass);
}

TEST(JudgeOutput, FindsASecretInWhatTheClientWrote) {
  const Exchanges all{token_exchange(1, "authorization_code", "", R"({"access_token":"secret-access-token"})")};
  EXPECT_EQ(judge_output({}, {"all is well"}, all).back().verdict, Verdict::Pass);
  const auto check = judge_output({}, {"debug: secret-access-token"}, all).back();
  EXPECT_EQ(check.verdict, Verdict::Fail);
  EXPECT_EQ(check.seen.find("secret-access"), std::string::npos) << "the verdict itself must not repeat it";
}

TEST(JudgeOutput, MatchesWithoutCase) {
  EXPECT_EQ(judge_output({.matches = "expired", .never = {}}, {"Your access has EXPIRED"}, {}).front().verdict, Verdict::Pass);
  EXPECT_EQ(judge_output({.matches = "expired", .never = {}}, {}, {}).front().verdict, Verdict::Fail);
}

TEST(JudgeStorage, ComparesBeforeAndAfter) {
  EXPECT_EQ(judge_storage("replaced", "a", "b").verdict, Verdict::Pass);
  EXPECT_EQ(judge_storage("replaced", "a", "a").verdict, Verdict::Fail);
  EXPECT_EQ(judge_storage("replaced", "a", "").verdict, Verdict::Fail);
  EXPECT_EQ(judge_storage("none", "a", "").verdict, Verdict::Pass);
  EXPECT_EQ(judge_storage("kept", "a", "a").verdict, Verdict::Pass);
}

TEST(JudgeOutcome, ACrashOrASilentFailureShowsNothing) {
  const std::vector<Outcome> refused{Outcome::Refused};
  EXPECT_EQ(judge_outcome(refused, Outcome::Refused, "", {}).verdict, Verdict::Pass);
  EXPECT_EQ(judge_outcome(refused, Outcome::Done, "", {}).verdict, Verdict::Fail);
  EXPECT_EQ(judge_outcome(refused, Outcome::Crashed, "", {}).verdict, Verdict::Inconclusive);
  EXPECT_EQ(judge_outcome(refused, Outcome::TimedOut, "", {}).verdict, Verdict::Inconclusive);
  EXPECT_EQ(judge_outcome(refused, Outcome::Failed, "exit status 1", {}).verdict, Verdict::Inconclusive);
  EXPECT_EQ(judge_outcome({Outcome::Done}, Outcome::Failed, "exit status 1", {}).verdict, Verdict::Fail);
}

TEST(PlayVerdict, InconclusiveIsNeverHiddenByAPass) {
  Play play;
  play.checks = {{Verdict::Pass, "a", ""}, {Verdict::Inconclusive, "b", "crashed"}, {Verdict::Fail, "c", "no request"}};
  EXPECT_EQ(play.verdict(), Verdict::Inconclusive);
  EXPECT_EQ(play.first_problem()->expected, "b");
  play.checks.push_back({Verdict::Error, "d", "bench"});
  EXPECT_EQ(play.verdict(), Verdict::Error);
}

}  // namespace
}  // namespace mockoauth::conformance::internal
