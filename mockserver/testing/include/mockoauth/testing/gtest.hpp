#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <mockoauth/testing/mock_server.hpp>
#include <mockoauth/testing/scopes.hpp>

namespace mockoauth::testing {

/// Makes a complaint a failure of the running test.
inline Complaint as_failure() {
  return [](const std::string& sentence) { ADD_FAILURE() << sentence; };
}

/// A GoogleTest fixture: one server for all tests of the suite, a realm of its own for each test. A test fails when it
/// asked for a fault that never struck or left a call at a latch.
///
///     class Login : public mockoauth::testing::MockOauthTest {};
///     TEST_F(Login, SurvivesALostAnswer) {
///       const auto lost = fault({.fault = "connection_reset", .when = {.grant_type = "refresh_token"}, .phase = "after_commit"});
///       EXPECT_EQ(my_client(issuer()).refresh(), Outcome::LogInAgain);
///     }
class MockOauthTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shared() = std::make_unique<MockServer>(); }
  static void TearDownTestSuite() { shared().reset(); }

  void SetUp() override {
    realm_ = std::make_unique<RealmScope>(shared()->server(), options(), as_failure());
  }
  void TearDown() override { realm_.reset(); }

  /// What the realm of each test is made of: one public client, `app`, whose loopback redirect URIs match on any port.
  [[nodiscard]] virtual server::RealmOptions options() const {
    server::RealmOptions options{.name = {}, .seed = 1};
    options.clients.push_back(
        {.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback", "http://[::1]/callback"}});
    return options;
  }

  [[nodiscard]] server::Realm& realm() const { return **realm_; }  ///< Of this test.
  /// What a client is configured with: `http://127.0.0.1:4321/r/NAME`.
  [[nodiscard]] std::string issuer() const { return realm().configured_issuer(); }

  /// Scopes of this test's realm; what they complain about is a failure. A rule that means nothing throws
  /// std::runtime_error, which ends the test.
  [[nodiscard]] FaultScope fault(server::FaultRule rule) const { return {realm(), std::move(rule), as_failure()}; }
  [[nodiscard]] LatchScope hold(server::RuleMatch when, int calls = 1, std::string phase = {}) const {
    return {realm(), std::move(when), calls, std::move(phase), as_failure()};
  }
  [[nodiscard]] ClockScope clock() const { return ClockScope(realm()); }
  [[nodiscard]] PersonScope person(server::UserDecision decision, const std::string& sub = {}) const {
    return {realm(), decision, sub};
  }

 private:
  static std::unique_ptr<MockServer>& shared() {
    static std::unique_ptr<MockServer> server;
    return server;
  }

  std::unique_ptr<RealmScope> realm_;
};

}  // namespace mockoauth::testing
