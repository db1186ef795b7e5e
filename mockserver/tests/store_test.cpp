// The tables of a realm: found by secret, chained by login, bounded.
#include <atomic>
#include <thread>

#include "protocol/store.hpp"
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr TimePoint kNow{1'800'000'000'000ms};

Login login_of(const std::string& user, const std::string& client) {
  Login login;
  login.user.sub = user;
  login.client_id = client;
  return login;
}

AccessToken& add_access(Tables& tables, const Login& login, const std::string& text) {
  AccessToken token;
  token.login = login.id;
  return tables.add_access(TextDigest::of(text), std::move(token));
}

RefreshToken refresh_of(const Login& login, const std::string& text) {
  RefreshToken token;
  token.text = text;
  token.login = login.id;
  return token;
}

TEST(TokenTable, FindsEveryRowWhileItGrowsAndForgets) {
  TokenTable<RefreshToken> table(5'000);
  for (int i = 1; i <= 20'000; ++i) {
    RefreshToken token;
    token.uses = i;
    table.add(TextDigest::of("token" + std::to_string(i)), token);
  }
  EXPECT_EQ(table.size(), 5'000u);
  EXPECT_EQ(table.first_number(), 15'001u);
  for (int i = 1; i <= 20'000; ++i) {
    const auto* row = table.find("token" + std::to_string(i));
    ASSERT_EQ(row != nullptr, i > 15'000) << i;
    if (row != nullptr) { EXPECT_EQ(row->uses, i); }
  }
  EXPECT_EQ(table.find("token"), nullptr);
}

TEST(TokenTable, TheNewerOfTwoRowsOfOneTextIsFound) {
  TokenTable<RefreshToken> table(2);
  table.add(TextDigest::of("same"), {}).uses = 1;
  table.add(TextDigest::of("same"), {}).uses = 2;
  EXPECT_EQ(table.find("same")->uses, 2);
  table.add(TextDigest::of("other"), {});  // The first one falls out and takes nothing of the second along.
  EXPECT_EQ(table.find("same")->uses, 2);
  table.add(TextDigest::of("third"), {});
  EXPECT_EQ(table.find("same"), nullptr);
  EXPECT_NE(table.find("third"), nullptr);
}

TEST(Store, NamesAreNumbered) {
  Store store;
  auto tables = store.open();
  const auto login = tables->add_login(login_of("ada", "app"));
  EXPECT_EQ(login.id, "g1");
  EXPECT_EQ(tables->add_login(login_of("ada", "app")).id, "g2");
  EXPECT_EQ(add_access(*tables, login, "x").name, "a1");
  EXPECT_EQ(tables->add_refresh(refresh_of(login, "y")).name, "r1");
  EXPECT_EQ(tables->find_login("g1")->user.sub, "ada");
  for (const char* id : {"", "g", "g0", "g3", "1", "a1", "g1x", "g99999999999999999999"}) {
    EXPECT_EQ(tables->find_login(id), nullptr) << id;
  }
}

TEST(Store, ForgetsTheOldestGrant) {
  Store store({.grants = 2, .codes = 1});
  auto tables = store.open();
  for (int i = 1; i <= 3; ++i) {
    const auto login = tables->add_login(login_of("user" + std::to_string(i), "app"));
    tables->consent(login.user.sub, "app");
    tables->add_refresh(refresh_of(login, "r" + std::to_string(i)));
  }
  EXPECT_EQ(tables->find_login("g1"), nullptr);
  EXPECT_TRUE(tables->login_is_dead("g1", kNow));
  EXPECT_EQ(tables->find_refresh("r1"), nullptr);
  EXPECT_NE(tables->find_refresh("r2"), nullptr);
  EXPECT_FALSE(tables->has_consented("user1", "app"));
  EXPECT_TRUE(tables->has_consented("user2", "app"));
  EXPECT_EQ(tables->live_logins(), 2u);
}

TEST(StoreRevocation, ReachesTheLoginsOfOneUserAtOneClient) {
  Store store;
  auto tables = store.open();
  for (const char* client : {"app", "web"}) {
    for (const char* user : {"ada", "bob"}) {
      tables->add_login(login_of(user, client));
      tables->consent(user, client);
    }
  }
  tables->add_login(login_of("ada", "app"));

  EXPECT_EQ(tables->revoke_logins("ada", "app", kNow), 2u);
  EXPECT_EQ(tables->revoke_logins("ada", "app", kNow), 0u);
  EXPECT_TRUE(tables->login_is_dead("g1", kNow));
  EXPECT_TRUE(tables->login_is_dead("g5", kNow));
  EXPECT_FALSE(tables->login_is_dead("g1", kNow - 1ms));
  EXPECT_FALSE(tables->has_consented("ada", "app"));
  EXPECT_TRUE(tables->has_consented("ada", "web"));
  EXPECT_EQ(tables->revoke_logins("ada", {}, kNow), 1u);
  EXPECT_EQ(tables->revoke_logins({}, "app", kNow), 1u);
  EXPECT_EQ(tables->revoke_logins({}, {}, kNow), 1u);
  EXPECT_EQ(tables->revoke_logins("eve", "app", kNow), 0u);
}

TEST(StoreRevocation, AnEarlierOneOvertakesOneThatIsToCome) {
  Store store;
  auto tables = store.open();
  tables->add_login(login_of("ada", "app"));
  EXPECT_EQ(tables->revoke_logins("ada", "app", kNow + 60s), 1u);
  EXPECT_FALSE(tables->login_is_dead("g1", kNow));
  EXPECT_EQ(tables->revoke_logins("ada", "app", kNow), 1u);
  EXPECT_TRUE(tables->login_is_dead("g1", kNow));
  tables->add_login(login_of("ada", "app"));
  EXPECT_EQ(tables->revoke_logins("ada", "app", kNow + 60s), 1u);
  EXPECT_TRUE(tables->login_is_dead("g1", kNow));
  EXPECT_FALSE(tables->login_is_dead("g2", kNow));
}

TEST(StoreRevocation, OfAccessTokensStaysWithTheLogin) {
  Store store;
  auto tables = store.open();
  const auto one = tables->add_login(login_of("ada", "app"));
  const auto two = tables->add_login(login_of("ada", "app"));
  add_access(*tables, one, "a");
  add_access(*tables, two, "b");
  add_access(*tables, one, "c");
  // One of them was revoked alone: those behind it must still be reached.
  tables->find_access("c")->revoked_at = kNow;

  tables->revoke_access_of(one.id, kNow);
  add_access(*tables, one, "d");

  EXPECT_EQ(tables->find_access("a")->revoked_at, kNow);
  EXPECT_FALSE(tables->find_access("b")->revoked_at);
  EXPECT_FALSE(tables->find_access("d")->revoked_at);
  tables->revoke_access_of(one.id, kNow + 1s);
  EXPECT_EQ(tables->find_access("a")->revoked_at, kNow);
  EXPECT_EQ(tables->find_access("d")->revoked_at, kNow + 1s);
}

TEST(StoreMaxLive, OldestRefreshTokensOfUserAndClientGiveWay) {
  Store store;
  auto tables = store.open();
  const auto login = tables->add_login(login_of("ada", "app"));
  const auto other = tables->add_login(login_of("bob", "app"));
  const auto again = tables->add_login(login_of("ada", "app"));
  tables->add_refresh(refresh_of(login, "a"));
  tables->add_refresh(refresh_of(other, "x"));
  tables->add_refresh(refresh_of(again, "b"));
  tables->add_refresh(refresh_of(login, "c"));
  tables->find_refresh("c")->rotated_at = kNow;

  tables->make_room_for_refresh(login, 2, kNow);
  tables->add_refresh(refresh_of(login, "d"));

  EXPECT_TRUE(tables->find_refresh("a")->revoked_at);
  EXPECT_FALSE(tables->find_refresh("b")->revoked_at);
  EXPECT_FALSE(tables->find_refresh("x")->revoked_at);
  tables->make_room_for_refresh(login, 1, kNow);
  EXPECT_TRUE(tables->find_refresh("b")->revoked_at);
  EXPECT_TRUE(tables->find_refresh("d")->revoked_at);
  EXPECT_FALSE(tables->find_refresh("x")->revoked_at);
}

TEST(StoreThreads, OneOfManyWinsACode) {
  Store store;
  for (int i = 0; i < 200; ++i) {
    Code code;
    code.text = "code" + std::to_string(i);
    store.open()->add_code(std::move(code));
  }
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        auto tables = store.open();
        Code* code = tables->find_code("code" + std::to_string(i));
        if (!std::exchange(code->used, true)) ++won;
        add_access(*tables, tables->add_login(login_of("ada", "app")), std::to_string(i));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 200);
  EXPECT_EQ(store.open()->live_logins(), 800u);
  store.clear();
  EXPECT_EQ(store.open()->live_logins(), 0u);
}

}  // namespace
}  // namespace mockoauth::server::testing
