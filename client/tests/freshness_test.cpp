// How long metadata and keys are used: CH-NT-19.
#include <internal/freshness.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using namespace std::chrono_literals;
using Headers = std::vector<std::pair<std::string, std::string>>;

std::chrono::seconds lifetime(Headers headers) {
  const auto fresh = internal::freshness_of(HttpResponse{.status = 200, .headers = std::move(headers)}, kStart);
  EXPECT_EQ(fresh.since, kStart);
  return std::chrono::duration_cast<std::chrono::seconds>(fresh.until - fresh.since);
}

TEST(Freshness, IsWhatTheServerSaysWithinBounds) {
  EXPECT_EQ(lifetime({}), 1h);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=300"}}), 5min);
  EXPECT_EQ(lifetime({{"Cache-Control", "public, Max-Age=\"7200\" , must-revalidate"}}), 2h);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=7200"}, {"Age", "3600"}}), 1h);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=600"}, {"cache-control", "max-age=300"}}), 5min);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=31536000"}}), 24h);
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=99999999999999999999999"}}), 24h);
  for (const auto* little : {"no-store", "no-cache", "max-age=0", "max-age=-1", "max-age=soon", "max-age=",
                             "max-age=300, no-store"}) {
    EXPECT_EQ(lifetime({{"Cache-Control", little}}), 1min) << little;
  }
  EXPECT_EQ(lifetime({{"Cache-Control", "max-age=300"}, {"Age", "4000"}}), 1min);
  EXPECT_EQ(lifetime({{"Cache-Control", "private"}, {"Age", "7"}}), 1h);  // an age means nothing without a lifetime
}

TEST(Freshness, EndsWhenTheClockIsSetBack) {
  const auto fresh = internal::freshness_of(HttpResponse{.status = 200}, kStart);
  EXPECT_TRUE(fresh.covers(kStart));
  EXPECT_TRUE(fresh.covers(kStart + 59min));
  EXPECT_FALSE(fresh.covers(kStart + 1h));
  EXPECT_FALSE(fresh.covers(kStart - 1s));
}

class FreshnessOfMetadata : public LoginTest {
 protected:
  FreshnessOfMetadata() { manager_.add_provider("mock", config()); }
  void expect_metadata(Headers headers, std::string& asked_with) {
    http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server", [&, headers](const auto& request) {
      asked_with = request.header("Cache-Control");
      return answer(200, metadata().dump(), "application/json", headers);
    });
  }
  void log_in() {
    expect_token(200, tokens());
    const auto result = manager_.initiate_flow("mock");
    ASSERT_TRUE(result) << result.error().message;
  }
};

TEST_F(FreshnessOfMetadata, IsTheServersToSay) {
  std::string asked_with;
  expect_metadata({{"Cache-Control", "max-age=600"}}, asked_with);
  log_in();
  clock_.advance(9min);
  log_in();
  clock_.advance(1min);
  expect_metadata({}, asked_with);
  log_in();
  EXPECT_EQ(asked_with, "");
}

TEST_F(FreshnessOfMetadata, AfterAFailureNoCacheInBetweenIsBelieved) {
  std::string asked_with;
  expect_metadata({}, asked_with);
  expect_token(404, "");
  EXPECT_FALSE(manager_.initiate_flow("mock"));
  expect_metadata({}, asked_with);
  log_in();
  EXPECT_EQ(asked_with, "no-cache");  // RFC 9111 §5.2.1.4
}

}  // namespace
}  // namespace mimir::oauth::testing
