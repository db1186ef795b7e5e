// The library of clients and the fixture in one program, each from its own package.
#include <gtest/gtest.h>
#include <mimir/oauth/oauth_manager.hpp>
#include <mockoauth/testing/gtest.hpp>

namespace oauth = mimir::oauth;

class WithClient : public mockoauth::testing::MockOauthTest {
 protected:
  [[nodiscard]] mockoauth::server::RealmOptions options() const override {
    auto options = MockOauthTest::options();
    options.clients.push_back({.client_id = "machine", .client_secret = "s3cret"});
    return options;
  }
};

TEST_F(WithClient, ATokenIsIssued) {
  oauth::SystemClock clock;
  oauth::SystemRandom random;
  const auto http = oauth::make_curl_transport();
  const auto browser = oauth::make_system_browser();
  const auto callbacks = oauth::make_callback_server_factory();
  const auto storage = oauth::make_memory_storage();
  oauth::OAuthManager manager({*http, *browser, *callbacks, *storage, clock, random});
  oauth::OAuthConfig config;
  config.issuer = issuer();
  config.client_id = "machine";
  config.client_secret = oauth::Secret("s3cret");
  manager.add_provider("example", std::move(config));
  const auto tokens = manager.client_credentials("example");
  EXPECT_TRUE(tokens) << tokens.error().message;
}
