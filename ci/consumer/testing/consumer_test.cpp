// A project of somebody else's, which tests its client (here: curl) with the installed fixture.
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <mockoauth/testing/gtest.hpp>

using mimir::codec::Json;
using testing::HasSubstr;

namespace {

/// What curl prints: status or, where there is no answer, its own exit status.
std::string curl(const std::string& arguments) {
  const std::string command = "curl --silent --max-time 20 --output /dev/null --write-out '%{http_code} exit %{exitcode}' " + arguments;
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 256> bytes{};
  while (pipe && std::fgets(bytes.data(), bytes.size(), pipe)) output += bytes.data();
  if (pipe) pclose(pipe);
  return output;
}

class Consumer : public mockoauth::testing::MockOauthTest {
 protected:
  [[nodiscard]] mockoauth::server::RealmOptions options() const override {
    auto options = MockOauthTest::options();
    options.clients.push_back({.client_id = "machine", .client_secret = "s3cret"});
    return options;
  }
  [[nodiscard]] std::string token_request() const {
    return "--user machine:s3cret --data grant_type=client_credentials " + issuer() + "/token";
  }
};

TEST_F(Consumer, ABadDayIsThereAsLongAsItsScope) {
  {
    const auto bad_day = fault({.fault = "http.status", .arguments = Json::object({{"status", 503}}), .times = 0});
    EXPECT_EQ(curl(token_request()), "503 exit 0");
    EXPECT_EQ(bad_day.fired(), 1);
  }
  EXPECT_EQ(curl(token_request()), "200 exit 0");
}

TEST_F(Consumer, AnAnswerIsLostAfterItWasGiven) {
  const auto lost = fault({.fault = "connection.reset", .when = {.endpoint = "token"}, .phase = "after_commit"});
  EXPECT_THAT(curl(token_request()), HasSubstr("exit 56"));
  ASSERT_EQ(realm().journal().exchanges().size(), 1u);
  EXPECT_FALSE(realm().journal().exchanges().front().issued.empty());
}

TEST_F(Consumer, AnHourPassesAtOnce) {
  const auto time = clock();
  const auto before = realm().clock().now();
  time->advance(std::chrono::hours(1));
  EXPECT_GE(realm().clock().now(), before + std::chrono::hours(1));
}

TEST_F(Consumer, ACallWaitsForTheTest) {
  const auto latch = hold({.grant_type = "client_credentials"});
  std::string seen;
  std::jthread caller([&] { seen = curl(token_request()); });
  ASSERT_TRUE(latch.await(1));
  EXPECT_TRUE(latch.release());
  caller.join();
  EXPECT_EQ(seen, "200 exit 0");
}

}  // namespace
