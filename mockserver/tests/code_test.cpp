// Authorization codes (RFC 6749 §4.1.2, §4.1.3).
#include <atomic>
#include <set>
#include <thread>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

TEST(CodeSingleUse, TheSecondUseIsInvalidGrant) {
  Engine engine;
  const auto code = engine.code();

  EXPECT_EQ(engine.redeem(code).status, 200);
  expect_error(engine.redeem(code), 400, "invalid_grant", "used before");
  EXPECT_EQ(engine.last().clause, "RFC 6749 §4.1.2");
}

TEST(CodeReuseRevokes, WhatTheFirstUseGave) {
  Engine engine;
  const auto code = engine.code();
  const auto tokens = body_of(engine.redeem(code));

  engine.redeem(code);

  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 401);
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant", "revoked");
}

TEST(CodeReuseRevokes, OnlyWhereTheKnobSaysSo) {
  Engine engine(plain_but({{"authorize.code_reuse", "reject"}}));
  const auto code = engine.code();
  const auto tokens = body_of(engine.redeem(code));

  expect_error(engine.redeem(code), 400, "invalid_grant");

  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 200);
}

TEST(CodeBadReplayHarmless, WrongVerifierClientOrRedirectUriEndNothing) {
  Engine engine;
  const auto code = engine.code();
  const auto tokens = body_of(engine.redeem(code));

  expect_error(engine.redeem_but(code, {{"code_verifier", std::string(43, 'x')}}), 400, "invalid_grant");
  expect_error(engine.redeem_but(code, {{"client_id", "other"}}), 400, "invalid_grant");
  expect_error(engine.redeem_but(code, {{"redirect_uri", "http://127.0.0.1:1/callback"}}), 400, "invalid_grant");

  EXPECT_EQ(engine.use(text_at(tokens, "access_token")).status, 200);
}

TEST(CodeBadFirstUse, DoesNotSpendTheCode) {
  Engine engine;
  const auto code = engine.code();

  expect_error(engine.redeem_but(code, {{"code_verifier", std::string(43, 'x')}}), 400, "invalid_grant");

  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(CodeConcurrentRedemption, SucceedsOnce) {
  for (int round = 0; round < 20; ++round) {
    Engine engine(plain_but({{"id_token.issue", "never"}}));
    const auto code = engine.code();
    std::atomic<int> successes = 0;
    std::atomic<int> refusals = 0;

    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto response = engine.redeem(code);
        if (response.status == 200) ++successes;
        if (text_at(response, "error") == "invalid_grant") ++refusals;
      });
    }
    threads.clear();

    EXPECT_EQ(successes, 1);
    EXPECT_EQ(refusals, 3);
  }
}

TEST(CodeExpires, AtTheEndOfItsLife) {
  Engine engine;
  const auto in_time = engine.code();
  const auto late = engine.code();

  engine.advance(600s - 1ms);
  EXPECT_EQ(engine.redeem(in_time).status, 200);
  engine.advance(1ms);
  expect_error(engine.redeem(late), 400, "invalid_grant", "expired at 2027-01-15T08:10:00Z");
}

TEST(CodeExpires, BySoonerKnob) {
  Engine engine(plain_but({{"authorize.code_ttl_s", 30}}));
  const auto code = engine.code();
  engine.advance(30s);
  expect_error(engine.redeem(code), 400, "invalid_grant", "expired");
}

TEST(CodeBoundToClient, AnotherOneIsRefused) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"client_id", "other"}}), 400, "invalid_grant", "another client");
}

TEST(CodeBoundToRedirectUri, AnotherOneOrNoneIsRefused) {
  Engine engine;
  const auto code = engine.code();

  expect_error(engine.redeem_but(code, {{"redirect_uri", "http://127.0.0.1:5556/callback"}}), 400, "invalid_grant",
               "differs");
  expect_error(engine.redeem_but(code, {{"redirect_uri", ""}}), 400, "invalid_grant", "missing");
  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(CodeBoundToRedirectUri, NotWhereTheKnobIgnoresIt) {
  Engine engine(plain_but({{"redirect.at_token", "ignored"}}));
  EXPECT_EQ(engine.redeem_but(engine.code(), {{"redirect_uri", "x"}}).status, 200);
}

TEST(CodeEntropy, LongAndNeverTheSame) {
  Engine engine(Profile::plain(), 0);
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) codes.insert(engine.code());

  EXPECT_EQ(codes.size(), 200u);
  for (const auto& code : codes) EXPECT_GE(code.size(), 43u);
}

TEST(CodeGarbage, IsInvalidGrant) {
  for (const std::string& code : {std::string("garbage"), std::string(50'000, 'a'), std::string("\xff\xfe"),
                                  std::string("' OR 1=1")}) {
    Engine engine;
    expect_error(engine.redeem(code), 400, "invalid_grant", "not one that was issued here");
  }
}

TEST(CodeOfARevokedLogin, IsInvalidGrant) {
  Engine engine;
  const auto code = engine.code();
  EXPECT_EQ(engine.realm().revoke_all("ada"), 1u);
  expect_error(engine.redeem(code), 400, "invalid_grant", "revoked");
}

TEST(CodesOfARealm, AreBoundedInNumber) {
  Engine engine(Profile::plain(), 0);
  const auto oldest = engine.code();
  const auto target = "/authorize?" + Engine::authorization_request().encode();
  std::string newest;
  for (int i = 0; i < 10'000; ++i) newest = location_of(engine.get(target)).one("code").value_or("");

  expect_error(engine.redeem(oldest), 400, "invalid_grant", "not one that was issued here");
  EXPECT_EQ(engine.redeem(newest).status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
