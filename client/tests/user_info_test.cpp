// Who is logged in: OIDC Core §5.3. Names in comments are those of the requirements catalogue.
#include <mimir/oauth/user_info.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr const char* kUserInfo = "https://as.example/userinfo";

class UserInfoTest : public LoginTest {
 protected:
  UserInfoTest() {
    store_login("access-1", "refresh-1", std::chrono::hours(1), config({"openid", "api"}));
    auto login = *storage_->load("mock");
    login->tokens.id_token = Secret(make_id_token(""));
    EXPECT_TRUE(storage_->store("mock", *login, login->generation));
  }

  static codec::Json open_metadata() {
    auto document = metadata();
    document.set("userinfo_endpoint", kUserInfo);
    return document;
  }
  void expect_user(int status, const std::string& body, const std::string& type = "application/json") {
    http_.expect("GET", kUserInfo, status, body, type);
  }
  /// Asking must fail with this, and the login stands.
  Error expect_failure(const std::string& code, Category category) {
    const auto before = stored_tokens();
    const auto user = manager_.user_info("mock");
    EXPECT_FALSE(user);
    if (user) return {};
    EXPECT_EQ(user.error().code, code) << user.error().message;
    EXPECT_EQ(user.error().category, category) << user.error().message;
    EXPECT_FALSE(stored_tokens().access_token.empty());
    EXPECT_TRUE(stored_tokens().id_token->equals(*before.id_token));
    EXPECT_NE(user.error().hint.find("Your login is kept"), std::string::npos) << user.error().hint;
    return user.error();
  }
};

TEST_F(UserInfoTest, TellsWhatTheProviderSays) {
  expect_discovery(open_metadata());
  expect_user(200, R"({"sub":"ada","name":"Ada Lovelace","email":"ada@example.com","email_verified":true,"updated_at":7,
                       "address":{"country":"UK"},"roles":["a"],"nickname":null})");

  const auto user = manager_.user_info("mock");

  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ(user->subject, "ada");
  EXPECT_EQ(user->claim("name"), "Ada Lovelace");
  EXPECT_EQ(user->claim("email_verified"), "true");
  EXPECT_EQ(user->claim("updated_at"), "7");
  EXPECT_EQ(user->claims.size(), 4U);
  EXPECT_EQ(user->claim("address"), "");
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer access-1");
  EXPECT_EQ(http_.requests().back().max_redirects, 0);
}

TEST_F(UserInfoTest, OfAnotherUserIsDropped) {  // userinfo-sub-mismatch-rejected, CH-OI-08
  for (const auto* sub : {"eve", "Ada", "ada ", ""}) {
    if (http_.requests().empty()) expect_discovery(open_metadata());
    expect_user(200, codec::Json::object({{"sub", sub}, {"name", "Eve"}}).dump());
    const auto error = expect_failure("user_info.sub", Category::AttackSuspected);
    EXPECT_EQ(error.message.find("Eve"), std::string::npos);
  }
}

TEST_F(UserInfoTest, OfNobodyIsDropped) {  // userinfo-sub-mismatch-rejected
  expect_discovery(open_metadata());
  expect_user(200, R"({"name":"Ada"})");
  expect_failure("user_info.malformed", Category::ProviderBroken);
  expect_user(200, R"({"sub":7})");
  expect_failure("user_info.malformed", Category::ProviderBroken);
  expect_user(200, R"({"sub":"eve","sub":"ada"})");
  expect_failure("user_info.malformed", Category::ProviderBroken);
}

TEST_F(UserInfoTest, ARefusalIsReportedAndTheLoginStands) {  // userinfo-error-handled, CH-OI-08
  expect_discovery(open_metadata());
  expect_user(401, "");
  expect_token(200, tokens("access-2", "refresh-2"));  // the token may have been dead: one renewal
  http_.expect("GET", kUserInfo, [](const RecordedRequest& request) {
    EXPECT_EQ(request.header("Authorization"), "Bearer access-2");
    return answer(401, "", "text/plain", {{"WWW-Authenticate", R"(Bearer error="invalid_token")"}});
  });

  const auto error = expect_failure("user_info.refused", Category::Misconfigured);

  EXPECT_NE(error.message.find("401 (invalid_token)"), std::string::npos) << error.message;
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(UserInfoTest, AnOutageIsReportedAndTheLoginStands) {  // CH-OI-08
  expect_discovery(open_metadata());
  expect_user(500, "");
  EXPECT_EQ(expect_failure("token.unavailable", Category::TryLater).http->status, 500);
}

TEST_F(UserInfoTest, AWebPageIsNoUser) {  // CH-OI-08
  expect_discovery(open_metadata());
  expect_user(200, "<html>Sign in</html>", "text/html");
  expect_failure("token.html", Category::ProviderBroken);
}

TEST_F(UserInfoTest, ASignedAnswerWasNotAskedFor) {
  expect_discovery(open_metadata());
  expect_user(200, make_id_token(""), "application/jwt");
  expect_failure("user_info.signed", Category::ProviderBroken);
}

TEST_F(UserInfoTest, WhatItSaysIsFitToBeShown) {  // CH-OI-15
  expect_discovery(open_metadata());
  auto claims = codec::Json::object({{"sub", "ada"},
                                     {"name", "Zo\u00eb \x1b[31m\u202edog\r\nmimir: logged out"},
                                     {"pic\x1b]0;x", "a"},
                                     {"profile", std::string(10'000, 'x')}});
  for (int i = 0; i < 100; ++i) claims.set("c" + std::to_string(i), i);
  expect_user(200, claims.dump());

  const auto user = manager_.user_info("mock");

  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ(user->claim("name"), "Zo\u00eb ?[31m?dog?mimir: logged out");
  EXPECT_EQ(user->claim("pic?]0;x"), "a");
  EXPECT_EQ(user->claim("profile").size(), 203U);
  EXPECT_EQ(user->claims.size(), 64U);
}

TEST_F(UserInfoTest, NeedsAnIdTokenToCompareWith) {
  store_login("access-1", "refresh-1", std::chrono::hours(1));

  const auto user = manager_.user_info("mock");

  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, "user_info.no_id_token");
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(UserInfoTest, IsNotOfferedEverywhere) {
  expect_discovery();
  expect_failure("user_info.not_offered", Category::Misconfigured);
}

TEST_F(UserInfoTest, TheTokenGoesToNoAddressWithoutTls) {  // CH-NT-02
  auto document = metadata();
  document.set("userinfo_endpoint", "http://as.example/userinfo");
  expect_discovery(document);

  const auto user = manager_.user_info("mock");

  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, "metadata.endpoint_insecure");
  EXPECT_EQ(http_.requests().size(), 1U);
}

TEST_F(UserInfoTest, WithoutALoginThereIsNobody) {
  ASSERT_TRUE(storage_->erase("mock"));
  EXPECT_EQ(manager_.user_info("mock").error().code, "login.none");
}

}  // namespace
}  // namespace mimir::oauth::testing
