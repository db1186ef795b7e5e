// Refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2).
#include <atomic>
#include <thread>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Json refreshed(Engine& engine, const std::string& token, std::initializer_list<Parameters::Pair> changes = {}) {
  const auto response = engine.refresh(token, changes);
  EXPECT_EQ(response.status, 200) << response.body;
  return body_of(response);
}

std::string first_token(Engine& engine) { return text_at(engine.login(), kRefresh); }

TEST(RefreshWorks, AndRotates) {
  Engine engine;
  const auto login = engine.login();

  const auto next = refreshed(engine, text_at(login, kRefresh));

  EXPECT_NE(text_at(next, "access_token"), text_at(login, "access_token"));
  EXPECT_NE(text_at(next, kRefresh), text_at(login, kRefresh));
  EXPECT_EQ(engine.use(text_at(next, "access_token")).status, 200);
  EXPECT_EQ(engine.use(text_at(login, "access_token")).status, 200);
}

TEST(RefreshBoundToClient, AStrangerIsRefusedAndEndsNothing) {
  Engine engine;
  const auto token = first_token(engine);
  const auto next = text_at(refreshed(engine, token), kRefresh);

  expect_error(engine.refresh(next, {{"client_id", "other"}}), 400, "invalid_grant", "another client");
  expect_error(engine.refresh(token, {{"client_id", "other"}}), 400, "invalid_grant", "another client");

  refreshed(engine, next);
}

TEST(RefreshOldRefusedAfterRotation, AndReuseKillsTheFamily) {
  Engine engine;
  const auto old = first_token(engine);
  const auto next = refreshed(engine, old);

  expect_error(engine.refresh(old), 400, "invalid_grant", "used before");
  EXPECT_EQ(engine.last().clause, "RFC 9700 §4.14.2");

  expect_error(engine.refresh(text_at(next, kRefresh)), 400, "invalid_grant", "revoked");
  EXPECT_EQ(engine.use(text_at(next, "access_token")).status, 401);
}

TEST(RefreshReuse, OfOneLoginLeavesAnotherAlone) {
  Engine engine;
  const auto old = first_token(engine);
  const auto second_login = first_token(engine);
  refreshed(engine, old);

  expect_error(engine.refresh(old), 400, "invalid_grant");

  refreshed(engine, second_login);
}

TEST(RefreshReuse, RejectOnlyRefuses) {
  Engine engine(plain_but({{"refresh.reuse", "reject"}}));
  const auto old = first_token(engine);
  const auto next = refreshed(engine, old);

  expect_error(engine.refresh(old), 400, "invalid_grant");

  refreshed(engine, text_at(next, kRefresh));
}

TEST(RefreshReuse, RevokeSessionEndsEveryLoginOfThatUserAtThatClient) {
  Engine engine(plain_but({{"refresh.reuse", "revoke_session"}}));
  const auto old = first_token(engine);
  const auto second_login = first_token(engine);
  engine.realm().choose_user("bob");
  const auto of_bob = first_token(engine);
  refreshed(engine, old);

  expect_error(engine.refresh(old), 400, "invalid_grant");

  expect_error(engine.refresh(second_login), 400, "invalid_grant", "revoked");
  refreshed(engine, of_bob);
}

TEST(RefreshReuse, AcceptNeverMinds) {
  Engine engine(plain_but({{"refresh.reuse", "accept"}}));
  const auto old = first_token(engine);
  refreshed(engine, old);
  refreshed(engine, old);
}

TEST(RefreshGrace, GivesTheSameSuccessorSoThatThereIsOneLiveEnd) {
  Engine engine(plain_but({{"refresh.grace_s", 30}}));
  const auto old = first_token(engine);
  const auto next = text_at(refreshed(engine, old), kRefresh);

  engine.advance(29s);
  EXPECT_EQ(text_at(refreshed(engine, old), kRefresh), next);
  engine.advance(1s);
  expect_error(engine.refresh(old), 400, "invalid_grant", "used before");
}

TEST(RefreshGrace, EndsWhenTheSuccessorIsUsed) {
  Engine engine(plain_but({{"refresh.grace_s", 30}}));
  const auto old = first_token(engine);
  refreshed(engine, text_at(refreshed(engine, old), kRefresh));

  expect_error(engine.refresh(old), 400, "invalid_grant", "used before");
}

TEST(RefreshConcurrent, OneSucceedsAndNeverTwoFamiliesLive) {
  for (int round = 0; round < 20; ++round) {
    Engine engine(plain_but({{"id_token.issue", "never"}, {"refresh.reuse", "reject"}}));
    const auto token = first_token(engine);
    std::atomic<int> successes = 0;

    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        if (engine.refresh(token).status == 200) ++successes;
      });
    }
    threads.clear();

    EXPECT_EQ(successes, 1);
  }
}

TEST(RefreshRotation, NeverKeepsTheToken) {
  Engine engine(plain_but({{"refresh.rotation", "never"}}));
  const auto token = first_token(engine);
  EXPECT_EQ(text_at(refreshed(engine, token), kRefresh), token);
  EXPECT_EQ(text_at(refreshed(engine, token), kRefresh), token);
}

TEST(RefreshRotation, SometimesSendsNoneAndTheOldOneStays) {
  Engine engine(plain_but({{"refresh.rotation", "sometimes"}, {"refresh.issue", "always"}}));
  std::string token = first_token(engine);
  int with = 0;
  int without = 0;
  for (int i = 0; i < 6; ++i) {
    const auto next = text_at(refreshed(engine, token), kRefresh);
    (next.empty() ? without : with) += 1;
    if (!next.empty()) token = next;
  }
  EXPECT_GT(with, 0);
  EXPECT_GT(without, 0);
}

TEST(RefreshScopeNarrowed, ThenOmittedGivesTheOriginalAgain) {
  Engine engine;

  const auto narrow = refreshed(engine, first_token(engine), {{"scope", "api.read"}});
  const auto whole = refreshed(engine, text_at(narrow, kRefresh));

  EXPECT_EQ(narrow.string_at("scope"), "api.read");
  EXPECT_EQ(whole.string_at("scope"), "openid api.read offline_access");
}

TEST(RefreshScopeNotWidened, IsInvalidScopeAndSpendsNothing) {
  Engine engine;
  const auto token = first_token(engine);

  expect_error(engine.refresh(token, {{"scope", "api.read api.write"}}), 400, "invalid_scope", "api.write");
  EXPECT_EQ(engine.last().clause, "RFC 6749 §6");

  refreshed(engine, token);
}

TEST(RefreshScopeParam, IgnoredOrForbiddenByKnob) {
  Engine ignored(plain_but({{"refresh.scope_param", "ignored"}}));
  Engine forbidden(plain_but({{"refresh.scope_param", "must_omit"}}));
  EXPECT_EQ(refreshed(ignored, first_token(ignored), {{"scope", "api.write"}}).string_at("scope"),
            "openid api.read offline_access");
  expect_error(forbidden.refresh(first_token(forbidden), {{"scope", "api.read"}}), 400, "invalid_request");
}

TEST(RefreshGarbage, IsInvalidGrant) {
  Engine engine;
  expect_error(engine.refresh("garbage"), 400, "invalid_grant", "not one that was issued here");
  expect_error(engine.refresh(text_at(engine.login(), "access_token")), 400, "invalid_grant",
               "this is an access token");
  expect_error(engine.post("/token", {{"grant_type", "refresh_token"}, {"client_id", "app"}}), 400, "invalid_request",
               "refresh_token is missing");
}

TEST(RefreshIdleExpiry, CountsFromTheLastUse) {
  Engine engine(plain_but({{"refresh.idle_ttl_s", 100}, {"refresh.rotation", "never"}}));
  const auto token = first_token(engine);

  engine.advance(99s);
  refreshed(engine, token);
  engine.advance(99s);
  refreshed(engine, token);
  engine.advance(100s);
  expect_error(engine.refresh(token), 400, "invalid_grant", "not used since");
}

TEST(RefreshAbsoluteExpiry, StartsAnewUnlessItCarries) {
  Engine anew(plain_but({{"refresh.absolute_ttl_s", 100}}));
  Engine carried(plain_but({{"refresh.absolute_ttl_s", 100}, {"refresh.expiry_carries", true}}));

  for (auto* engine : {&anew, &carried}) {
    auto token = first_token(*engine);
    engine->advance(60s);
    token = text_at(refreshed(*engine, token), kRefresh);
    engine->advance(60s);
    if (engine == &anew) {
      refreshed(*engine, token);
    } else {
      expect_error(engine->refresh(token), 400, "invalid_grant", "expired at");
    }
  }
}

TEST(RefreshOldAccess, DiesByKnob) {
  Engine engine(plain_but({{"refresh.old_access", "revoke"}}));
  const auto login = engine.login();
  const auto next = refreshed(engine, text_at(login, kRefresh));
  EXPECT_EQ(engine.use(text_at(login, "access_token")).status, 401);
  EXPECT_EQ(engine.use(text_at(next, "access_token")).status, 200);
}

TEST(RefreshIssue, ByScopeOrNever) {
  Engine by_scope(plain_but({{"refresh.issue", "scope"}}));
  Engine never(plain_but({{"refresh.issue", "never"}}));
  EXPECT_EQ(by_scope.login({{"scope", "api.read"}}).find(kRefresh), nullptr);
  EXPECT_NE(by_scope.login({{"scope", "api.read offline_access"}}).find(kRefresh), nullptr);
  EXPECT_EQ(never.login().find(kRefresh), nullptr);
}

TEST(RefreshMaxLive, TheOldestDiesSilently) {
  Engine engine(plain_but({{"refresh.max_live", 2}}));
  const auto first = first_token(engine);
  const auto second = first_token(engine);
  const auto third = first_token(engine);

  expect_error(engine.refresh(first), 400, "invalid_grant", "revoked");
  refreshed(engine, second);
  refreshed(engine, third);
}

TEST(RefreshMaxLive, RotationDoesNotCountTwice) {
  Engine engine(plain_but({{"refresh.max_live", 1}}));
  auto token = first_token(engine);
  for (int i = 0; i < 5; ++i) token = text_at(refreshed(engine, token), kRefresh);
}

TEST(RefreshOmits, MembersByKnob) {
  Engine engine(plain_but({{"response.refresh_omits", Json::array({"refresh_token", "scope", "id_token"})},
                           {"refresh.rotation", "never"}}));
  const auto next = refreshed(engine, first_token(engine));
  EXPECT_EQ(next.find(kRefresh), nullptr);
  EXPECT_EQ(next.find("scope"), nullptr);
  EXPECT_EQ(next.find("id_token"), nullptr);
  EXPECT_NE(next.find("access_token"), nullptr);
}

TEST(RefreshConfidentialAuthenticates, OrIsInvalidClient) {
  Engine engine;
  expect_error(engine.refresh("x", {{"client_id", "web"}}), 401, "invalid_client");
}

TEST(RefreshAfterTheUserDisconnected, IsInvalidGrant) {
  Engine engine;
  const auto login = engine.login();
  EXPECT_EQ(engine.realm().revoke_all("bob"), 0u);
  EXPECT_EQ(engine.realm().revoke_all(), 1u);
  EXPECT_EQ(engine.realm().revoke_all(), 0u);
  expect_error(engine.refresh(text_at(login, kRefresh)), 400, "invalid_grant", "revoked");
  EXPECT_EQ(engine.use(text_at(login, "access_token")).status, 401);
}

}  // namespace
}  // namespace mockoauth::server::testing
