// Section 13 of the requirements catalogue: ending a login.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using Outcome = RevokeReport::Outcome;
constexpr auto* kRevoke = "https://as.example/revoke";

class RevocationFlow : public LoginTest {
 protected:
  void expect_gone(const Result<RevokeReport>& report) {
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->deleted);
    EXPECT_FALSE(*storage_->load("mock"));
  }
};

TEST_F(RevocationFlow, RevokesTheRefreshTokenFirst) {  // revoke-refresh-token, revoke-request-form, revoke-unknown-token-is-success
  store_login();
  expect_discovery();
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 200, "whatever");

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::Revoked);
  EXPECT_EQ(report->access_token, Outcome::Revoked);
  const auto requests = http_.requests();
  EXPECT_EQ(requests[1].form.one("token"), "refresh-1");
  EXPECT_EQ(requests[1].form.one("token_type_hint"), "refresh_token");
  EXPECT_EQ(requests[1].form.one("client_id"), "cli");
  EXPECT_EQ(requests[2].form.one("token"), "access-1");
}

TEST_F(RevocationFlow, OutageMeansTheTokenMayStillLive) {  // revoke-503-still-live
  store_login();
  expect_discovery();
  const auto outage = [](const auto&) { return answer(503, "", "text/plain", {{"Retry-After", "30"}}); };
  http_.expect("POST", kRevoke, outage).expect("POST", kRevoke, outage);

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::Failed);
  EXPECT_NE(report->detail.find("30 seconds"), std::string::npos);
}

TEST_F(RevocationFlow, UnreachableServerDoesNotKeepTheLocalCopy) {  // revoke-offline-clears-local
  store_login();
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server",
               [](const auto&) { return broken(Sent::No); });

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->access_token, Outcome::Failed);
  EXPECT_FALSE(report->detail.empty());
}

TEST_F(RevocationFlow, ServerWithoutRevocationIsTold) {  // CH-RV-05
  store_login();
  auto document = metadata();
  document.erase("revocation_endpoint");
  expect_discovery(document);

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::NotOffered);
}

TEST_F(RevocationFlow, SendsNothingOverPlainHttp) {  // revoke-https-only
  store_login();
  auto document = metadata();
  document.set("revocation_endpoint", "http://as.example/revoke");
  expect_discovery(document);

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::Failed);
  EXPECT_NE(report->detail.find("plain http"), std::string::npos);
}

TEST_F(RevocationFlow, UnsupportedTokenTypeIsReported) {  // revoke-unsupported-type
  store_login();
  expect_discovery();
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 400, R"({"error":"unsupported_token_type"})");

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::Revoked);
  EXPECT_EQ(report->access_token, Outcome::NotOffered);
}

TEST_F(RevocationFlow, ATokenThatDiedWithTheOtherIsRevoked) {  // Google answers so
  store_login();
  expect_discovery();
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 400, R"({"error":"invalid_token"})");

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->access_token, Outcome::Revoked);
  EXPECT_TRUE(report->detail.empty()) << report->detail;
}

TEST_F(RevocationFlow, WithoutALoginNothingIsSent) {  // CH-RV-08
  const auto report = manager_.revoke_access("mock");

  ASSERT_TRUE(report);
  EXPECT_EQ(report->access_token, Outcome::NotHeld);
  EXPECT_FALSE(report->deleted);
}

TEST_F(RevocationFlow, UnreadableLoginIsDeletedAllTheSame) {
  ::testing::NiceMock<MockTokenStorage> storage;
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = storage, .clock = clock_,
                        .random = random_});
  const auto unreadable = [] {
    return fail({.category = Category::LocalEnvironment, .code = "storage.corrupt", .message = "Damaged."});
  };
  ON_CALL(storage, lock).WillByDefault([](auto&&...) {
    return Result<std::unique_ptr<TokenStorage::Lock>>(std::make_unique<TokenStorage::Lock>());
  });
  ON_CALL(storage, load).WillByDefault([&](auto&&...) { return Result<std::optional<StoredLogin>>(unreadable()); });
  EXPECT_CALL(storage, erase("mock")).WillOnce(::testing::Return(Result<>()));

  const auto report = manager.revoke_access("mock");

  ASSERT_TRUE(report);
  EXPECT_TRUE(report->deleted);
  EXPECT_NE(report->detail.find("could not be read"), std::string::npos);
}

}  // namespace
}  // namespace mimir::oauth::testing
