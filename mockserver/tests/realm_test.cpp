// A realm from its beginning to its end, and how bounded it is.
#include <thread>

#include "protocol/routes.hpp"
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

TEST(RealmReset, ForgetsGrantsJournalAndFaultsAndNothingElse) {
  Engine engine;
  const auto tokens = engine.login();
  const auto keys = engine.get("/jwks").body;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "http.status", .arguments = Json::object({{"status", 503}}),
                                        .times = 0}));
  engine.advance(1h);

  engine.realm().reset();

  EXPECT_TRUE(engine.realm().faults().empty());
  EXPECT_TRUE(engine.realm().journal().exchanges().empty());
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant");
  EXPECT_EQ(engine.last().number, 1u);
  EXPECT_EQ(engine.get("/jwks").body, keys);
  EXPECT_EQ(engine.last().virtual_time, engine.last().real_time + 1h);
}

TEST(RealmReset, TheSameSeedTellsTheSameStoryAgain) {
  Engine engine;
  const auto first = engine.login();
  engine.realm().reset();
  EXPECT_EQ(engine.login(), first);
  EXPECT_EQ(engine.last().grant, "g1");
}

TEST(RealmReset, WhileItIsUsed) {
  Engine engine;
  std::thread user([&] {
    for (int i = 0; i < 200; ++i) {
      // A reset in between takes the code along, or the token.
      const auto answer = engine.redeem(engine.code());
      EXPECT_LT(answer.status, 500);
      const auto token = body_of(answer).string_at("access_token").value_or("gone");
      EXPECT_LT(engine.use(token).status, 500);
    }
  });
  for (int i = 0; i < 200; ++i) engine.realm().reset();
  user.join();
}

TEST(RealmRoutes, AreSharedByRealmsOfOneProfile) {
  const auto plain = shared_routes(Profile::plain(), "", 1);
  const auto copy = Profile::plain();
  EXPECT_EQ(shared_routes(copy, "", 1), plain);
  EXPECT_NE(shared_routes(copy, "/tenant", 1), plain);
  EXPECT_NE(shared_routes(copy, "", 2), plain);
  EXPECT_NE(shared_routes(*Profile::find("google"), "", 1), plain);

  EXPECT_EQ(shared_routes(*Profile::find("google"), "", 1)->find({.method = "POST", .target = "/token"}) == nullptr,
            Routes(*Profile::find("google"), "", 1).find({.method = "POST", .target = "/token"}) == nullptr);
  const auto tenant = shared_routes(copy, "/tenant", 1);
  EXPECT_NE(tenant->find({.method = "GET", .target = "/.well-known/oauth-authorization-server/tenant"}), nullptr);
}

TEST(RealmLimits, TheOldestGrantIsForgotten) {
  mimir::codec::ManualClock clock{TimePoint(1'800'000'000'000ms)};
  RealmOptions options{.base_url = "http://127.0.0.1:1", .max_grants = 2};
  options.clients = {{.client_id = "app", .redirect_uris = {std::string(kRedirect)}}};
  Realm realm(std::move(options), clock);
  std::vector<std::string> codes;
  for (int i = 0; i < 3; ++i) {
    const auto answer = realm.handle({.method = "GET",
                                      .target = "/authorize?" + Engine::authorization_request().encode()});
    codes.push_back(location_of(answer).one("code").value_or(""));
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto answer = realm.handle({.method = "POST", .target = "/token",
                                      .headers = {{"Content-Type", std::string(kFormType)}},
                                      .body = Engine::code_request(codes[i]).encode()});
    EXPECT_EQ(answer.status, i == 0 ? 400 : 200) << answer.body;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
