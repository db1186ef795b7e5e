// Section 13 of the requirements catalogue: ending a login.
#include <filesystem>
#include <set>

#include "login_fixture.hpp"
#include "temporary_folder.hpp"

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
  for (int i = 0; i < 3; ++i) {
    http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server",
                 [](const auto&) { return broken(Sent::No); });
  }

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
  EXPECT_NE(report->detail.find("access token stays valid"), std::string::npos) << report->detail;
  EXPECT_EQ(report->detail.find("refresh token"), std::string::npos) << report->detail;
}

TEST_F(RevocationFlow, UnsupportedTokenTypeNamesTheTokenThatStays) {  // revoke-unsupported-type
  store_login();
  expect_discovery();
  http_.expect("POST", kRevoke, 400, R"({"error":"unsupported_token_type"})").expect("POST", kRevoke, 200, "");

  const auto report = manager_.revoke_access("mock");

  expect_gone(report);
  EXPECT_EQ(report->refresh_token, Outcome::NotOffered);
  EXPECT_EQ(report->access_token, Outcome::Revoked);
  EXPECT_NE(report->detail.find("refresh token stays valid"), std::string::npos) << report->detail;
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

TEST_F(RevocationFlow, AnotherAccountOfTheProviderStays) {  // CH-AC-08
  store_login();
  auto other = *storage_->load("mock");
  other->tokens.access_token = Secret("access-of-other");
  other->tokens.refresh_token = Secret("refresh-of-other");
  ASSERT_TRUE(storage_->store("other", *other, 0));
  expect_discovery();
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 200, "");

  expect_gone(manager_.revoke_access("mock"));

  for (const auto& request : http_.requests()) EXPECT_EQ(request.body.find("of-other"), std::string::npos);
  EXPECT_EQ((*storage_->load("other"))->tokens.refresh_token->expose(), "refresh-of-other");
}

TEST_F(RevocationFlow, LeavesNothingOfTheLoginInTheFolder) {  // CH-RV-07
  const TemporaryFolder temporary;
  const auto folder = temporary / "mimir";
  const auto storage = make_encrypted_file_storage({folder, "/nonexistent"}, random_);
  OAuthManager manager({.http = http_, .browser = user_, .callbacks = user_, .storage = *storage, .clock = clock_,
                        .random = random_});
  store_login();
  ASSERT_TRUE(storage->store("mock", **storage_->load("mock"), 0));
  expect_discovery();
  for (int i = 0; i < 2; ++i) {  // leaves a note of the attempt
    http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::Maybe); });
  }
  ASSERT_FALSE(manager.refresh_token("mock"));
  const auto left = [&] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto& path = entry.path();
      if (path.extension() != ".lock") names.insert(path.extension() == "" ? path.filename().string() : path.extension().string());
    }
    return names;
  };
  ASSERT_TRUE(left().contains(".login") && left().contains(".note"));
  expect_discovery();
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 200, "");

  ASSERT_TRUE(manager.revoke_access("mock"));

  EXPECT_EQ(left(), (std::set<std::string>{".key", ".last"}));  // of the installation, and a number
}

class StoreThatRefuses : public RevocationFlow {
 protected:
  static Error refusal(const char* code) {
    return {.category = Category::LocalEnvironment, .code = code, .message = "The store refuses."};
  }
  StoreThatRefuses() {
    ON_CALL(refusing_, lock).WillByDefault([](auto&&...) {
      return Result<std::unique_ptr<TokenStorage::Lock>>(std::make_unique<TokenStorage::Lock>());
    });
  }
  ::testing::NiceMock<MockTokenStorage> refusing_;
  OAuthManager with_it_{{.http = http_, .browser = user_, .callbacks = user_, .storage = refusing_, .clock = clock_,
                         .random = random_}};
};

TEST_F(StoreThatRefuses, UnreadableLoginIsDeletedAllTheSame) {
  ON_CALL(refusing_, load).WillByDefault([&](auto&&...) {
    return Result<std::optional<StoredLogin>>(fail(refusal("storage.corrupt")));
  });
  EXPECT_CALL(refusing_, erase("mock")).WillOnce(::testing::Return(Result<>()));

  const auto report = with_it_.revoke_access("mock");

  ASSERT_TRUE(report);
  EXPECT_TRUE(report->deleted);
  EXPECT_NE(report->detail.find("could not be read"), std::string::npos);
}

TEST_F(StoreThatRefuses, WhatIsLockedIsNotSaidToBeDeleted) {  // CH-RV-06
  ON_CALL(refusing_, load).WillByDefault([&](auto&&...) {
    return Result<std::optional<StoredLogin>>(fail(refusal("storage.locked")));
  });
  EXPECT_CALL(refusing_, erase("mock")).WillOnce(::testing::Return(Result<>(fail(refusal("storage.locked")))));

  const auto report = with_it_.revoke_access("mock");

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "storage.locked");
}

}  // namespace
}  // namespace mimir::oauth::testing
