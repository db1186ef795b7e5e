// The fixture as its users have it: over sockets, a realm for each test; scopes undo themselves and complain.
#include <gmock/gmock.h>

#include <thread>

#include <mimir/codec/json.hpp>
#include <mockoauth/testing/gtest.hpp>

#include "wire/tests/raw_client.hpp"

namespace mockoauth::testing {
namespace {

using namespace std::chrono_literals;
using mimir::codec::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAuthorize = "/authorize?response_type=code&client_id=app&redirect_uri=http://127.0.0.1:7/callback"
                                   "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

class Fixture : public MockOauthTest {
 protected:
  /// What comes back for a request at the realm's issuer, over a socket.
  [[nodiscard]] std::string ask(const std::string& method, const std::string& target, const std::string& body = {}) const {
    const auto authority = issuer().substr(std::string("http://").size());
    const auto slash = authority.find('/');
    const auto host = authority.substr(0, slash);
    wire::testing::RawClient client(static_cast<std::uint16_t>(std::stoi(host.substr(host.find(':') + 1))));
    client.send(method + " " + authority.substr(slash) + target + " HTTP/1.1\r\nHost: " + host +
                "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body);
    return client.read_reply();
  }
  [[nodiscard]] std::string refresh() const { return ask("POST", "/token", "grant_type=refresh_token&client_id=app&refresh_token=x"); }
};

TEST_F(Fixture, HasARealmOfItsOwnOverSockets) {
  EXPECT_THAT(ask("GET", kAuthorize), HasSubstr("code="));
  EXPECT_EQ(realm().journal().exchanges().size(), 1u);
}

TEST_F(Fixture, SeesNothingOfTheTestBefore) { EXPECT_THAT(realm().journal().exchanges(), IsEmpty()); }

TEST_F(Fixture, AFaultIsThereAsLongAsItsScope) {
  {
    const auto broken = fault({.fault = "http.status", .arguments = Json::object({{"status", 503}}), .times = 0});
    EXPECT_EQ(wire::testing::status_of(ask("GET", kAuthorize)), 503);
    EXPECT_EQ(broken.fired(), 1);
  }
  EXPECT_EQ(wire::testing::status_of(ask("GET", kAuthorize)), 303);
}

TEST_F(Fixture, TheClockGoesBack) {
  const auto before = realm().clock().now();
  {
    const auto time = clock();
    time->advance(std::chrono::hours(24 * 365));
    time->freeze();
    EXPECT_GT(realm().clock().now(), before + std::chrono::hours(24 * 364));
  }
  EXPECT_FALSE(realm().clock().frozen());
  EXPECT_LT(realm().clock().now(), before + 1h);
}

TEST_F(Fixture, AFrozenClockStandsAgainWhereItStood) {
  realm().clock().freeze();
  const auto before = realm().clock().now();
  { clock()->run_at(1000); }
  { clock()->advance(5h); }
  EXPECT_TRUE(realm().clock().frozen());
  EXPECT_EQ(realm().clock().now(), before);
}

TEST_F(Fixture, CallsAreHeldUntilTheyAreReleased) {
  std::string answer;
  std::jthread caller;
  {
    const auto latch = hold({.grant_type = "refresh_token"});
    caller = std::jthread([&] { answer = refresh(); });
    ASSERT_TRUE(latch.await(1));
    EXPECT_FALSE(latch.await(2, 1ms));
    EXPECT_FALSE(latch.release({7}));
    EXPECT_TRUE(latch.release({1}));
  }
  caller.join();
  EXPECT_EQ(wire::testing::status_of(answer), 400);
}

TEST_F(Fixture, AHeldCallGoesWhenTheScopeDoes) {
  std::string answer;
  std::jthread caller;
  {
    const auto latch = hold({.grant_type = "refresh_token"});
    caller = std::jthread([&] { answer = refresh(); });
    ASSERT_TRUE(latch.await(1));
  }
  caller.join();
  EXPECT_EQ(wire::testing::status_of(answer), 400);
}

TEST_F(Fixture, ThePersonIsWhoTheyWereAfterwards) {
  {
    const auto eve = person(server::UserDecision::Deny, "eve");
    EXPECT_THAT(ask("GET", kAuthorize), HasSubstr("access_denied"));
    EXPECT_EQ(realm().person().sub, "eve");
  }
  EXPECT_EQ(realm().person().sub, "ada");
  EXPECT_THAT(ask("GET", kAuthorize), HasSubstr("code="));
}

/// What scopes complain about, for the tests of the complaints themselves.
class Complaints : public Fixture {
 protected:
  std::vector<std::string> heard_;
  Complaint listen() {
    return [this](const std::string& sentence) { heard_.push_back(sentence); };
  }
};

TEST_F(Complaints, AFaultThatNeverStruck) {
  { const FaultScope unused(realm(), {.fault = "http.status", .arguments = Json::object({{"status", 503}})}, listen()); }
  EXPECT_THAT(heard_, ElementsAre("the fault `http.status` never struck"));
}

TEST_F(Complaints, WhatIsLeftInARealm) {
  MockServer other;
  {
    const RealmScope scope(other.server(), {.name = {}}, listen());
    ASSERT_TRUE(scope->add_fault({.fault = "hold", .arguments = Json::object({{"latch", "x"}, {"limit_ms", 1}})}));
    ASSERT_TRUE(scope->add_fault({.fault = "http.status", .arguments = Json::object({{"status", 503}}), .name = "lost"}));
    (void)scope->handle({.method = "GET", .target = "/jwks"});
    ASSERT_TRUE(scope->add_fault({.fault = "http.status", .arguments = Json::object({{"status", 503}}), .name = "late"}));
  }
  EXPECT_THAT(heard_, ElementsAre("the fault `late` never struck", "at the latch `x` 1 calls were never released"));
  EXPECT_THAT(other.server().realms(), IsEmpty());
}

TEST_F(Complaints, ARuleThatMeansNothingIsToldAtOnce) {
  EXPECT_THROW(FaultScope(realm(), {.fault = "no.such"}), std::runtime_error);
  EXPECT_THROW(RealmScope(MockServer().server(), {.name = "Not A Name"}), std::runtime_error);
}

}  // namespace
}  // namespace mockoauth::testing
