// Several listeners for one server: a request is answered by the origin at which it arrives.
#include <gtest/gtest.h>

#include <mimir/codec/clock.hpp>
#include <mockoauth/wire/origins.hpp>

#include "wire/tests/raw_client.hpp"

namespace mockoauth::wire {
namespace {

using testing::RawClient;
using testing::status_of;

TEST(OriginsOnTheWire, AnswerOnlyWhatIsTheirs) {
  const auto profile = server::Profile::parse(R"(
id: two-hosts
title: Signs in at one host, gives tokens at another
knobs:
  endpoints: {authorization: "https://login.example.com/auth", userinfo: "https://api.example.com/me"}
)", "two-hosts.yaml");
  ASSERT_TRUE(profile);
  auto origins = Origins::bind({}, profile->origins().size());
  ASSERT_TRUE(origins);
  const auto urls = origins->urls();
  ASSERT_EQ(urls.size(), 2U);
  EXPECT_NE(urls[0], urls[1]);
  const mimir::codec::SystemClock clock;
  server::Server server(clock, urls);
  ASSERT_TRUE(server.create_realm({.profile = *profile}));
  origins->start(server);

  const auto status_at = [](const std::string& url) {
    RawClient client(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    client.send("GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return status_of(client.read_to_end());
  };

  EXPECT_EQ(status_at(urls[1]), 401);
  EXPECT_EQ(status_at(urls[0]), 404);
  origins->stop();
}

}  // namespace
}  // namespace mockoauth::wire
