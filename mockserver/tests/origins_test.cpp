// A provider's hosts stay different hosts: each origin of its real URLs is one of the server's.
#include <gtest/gtest.h>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/json.hpp>
#include <mockoauth/server/server.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr const char* kProvider = R"(
id: two-hosts
title: Signs in at one host, gives tokens at another
knobs:
  discovery.documents: [openid-configuration]
  discovery.issuer: https://login.example.com
  endpoints:
    authorization: https://login.example.com/auth
    token: https://api.example.com/oauth/token
    userinfo: https://api.example.com/me
    api: https://data.example.com/v1
)";

Profile two_hosts() {
  auto profile = Profile::parse(kProvider, "two-hosts.yaml");
  EXPECT_TRUE(profile.has_value());
  return *profile;
}

Json discover(Server& server, const std::string& prefix = {}) {
  const auto answer = server.handle({.method = "GET", .target = prefix + "/.well-known/openid-configuration"});
  EXPECT_EQ(answer.status, 200);
  return Json::parse(answer.body).value_or(Json());
}

int status_of(Server& server, std::size_t origin, const std::string& target) {
  return server.handle({.method = "GET", .target = target, .origin = origin}).status;
}

class Origins : public ::testing::Test {
 protected:
  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000))};
  Server server_{clock_, {"http://127.0.0.1:5001", "http://127.0.0.1:5002", "http://127.0.0.1:5003"}};
};

TEST_F(Origins, OfAProfileAreItsDistinctHostsThatOfTheIssuerFirst) {
  EXPECT_EQ(two_hosts().origins(),
            (std::vector<std::string>{"https://login.example.com", "https://api.example.com", "https://data.example.com"}));
  EXPECT_EQ(Profile::plain().origins().size(), 1U);
}

TEST_F(Origins, AreWhereTheMetadataSaysEachEndpointIs) {
  ASSERT_TRUE(server_.create_realm({.profile = two_hosts()}));

  const Json document = discover(server_);

  EXPECT_EQ(document.string_at("issuer"), "http://127.0.0.1:5001");
  EXPECT_EQ(document.string_at("authorization_endpoint"), "http://127.0.0.1:5001/auth");
  EXPECT_EQ(document.string_at("token_endpoint"), "http://127.0.0.1:5002/oauth/token");
  EXPECT_EQ(document.string_at("userinfo_endpoint"), "http://127.0.0.1:5002/me");
  EXPECT_EQ(server_.find_realm("default")->resource_url(), "http://127.0.0.1:5003/resource");
}

TEST_F(Origins, ServeOnlyWhatIsTheirs) {
  ASSERT_TRUE(server_.create_realm({.profile = two_hosts()}));

  EXPECT_EQ(status_of(server_, 1, "/me"), 401);
  EXPECT_EQ(status_of(server_, 0, "/me"), 404);
  EXPECT_EQ(status_of(server_, 2, "/resource"), 401);
  EXPECT_EQ(status_of(server_, 0, "/resource"), 404);
  EXPECT_EQ(status_of(server_, 1, "/.well-known/openid-configuration"), 404);
  EXPECT_EQ(status_of(server_, 7, "/me"), 404);
}

TEST_F(Origins, HoldForANamedRealmToo) {
  ASSERT_TRUE(server_.create_realm({.name = "a", .profile = two_hosts()}));

  EXPECT_EQ(discover(server_, "/r/a").string_at("token_endpoint"), "http://127.0.0.1:5002/r/a/oauth/token");
  EXPECT_EQ(status_of(server_, 1, "/r/a/me"), 401);
  EXPECT_EQ(status_of(server_, 0, "/r/a/me"), 404);
}

TEST_F(Origins, FallTogetherWhereTheServerHasFewer) {
  Server one(clock_, "http://127.0.0.1:5001");
  ASSERT_TRUE(one.create_realm({.profile = two_hosts()}));

  EXPECT_EQ(discover(one).string_at("token_endpoint"), "http://127.0.0.1:5001/oauth/token");
  EXPECT_EQ(status_of(one, 0, "/me"), 401);
}

}  // namespace
}  // namespace mockoauth::server
