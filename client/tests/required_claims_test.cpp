// Which accounts may log in: claims that the configuration requires.
#include "login_fixture.hpp"

#include "internal/display_text.hpp"

namespace mimir::oauth::testing {
namespace {

class RequiredClaims : public LoginTest {
 protected:
  void require(std::vector<std::pair<std::string, std::string>> claims) {
    auto wanted = config({"openid", "api"});
    wanted.required_claims = std::move(claims);
    manager_.add_provider("mock", std::move(wanted));
  }
  /// A first login, of an account with these claims. What is refused is revoked.
  Result<OAuthTokens> log_in(const std::function<void(codec::Json&)>& change, bool is_refused = false) {
    expect_discovery();
    user_.play = [this](const codec::Parameters& asked) {
      nonce_ = asked.one("nonce").value_or("");
      return Result<CallbackResult>(PlayedUser::consent());
    };
    http_.expect("POST", "https://as.example/token", [this, change](const RecordedRequest&) {
      auto body = *codec::Json::parse(tokens());
      body.set("id_token", make_id_token(nonce_, change));
      return answer(200, body.dump());
    });
    http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
    if (is_refused) expect_revoked();
    return manager_.initiate_flow("mock");
  }

  void expect_revoked() {  // CH-AC-02
    for (int i = 0; i < 2; ++i) http_.expect("POST", "https://as.example/revoke", 200, "");
  }

  std::string nonce_;
};

TEST_F(RequiredClaims, LetTheRightAccountIn) {
  require({{"tid", "company"}, {"groups", "staff"}, {"email_verified", "true"}});

  EXPECT_TRUE(log_in([](codec::Json& claims) {
    claims.set("tid", "company");
    claims.set("groups", codec::Json::array({"chess", "staff"}));
    claims.set("email_verified", true);
  }));
}

TEST_F(RequiredClaims, ARefusalNamesTheAccountFoundAndStoresNothing) {  // CH-OI-11
  require({{"tid", "company"}});

  const auto result = log_in([](codec::Json& claims) {
    claims.set("tid", "private");
    claims.set("email", "ada@\x1b[31mhome.example");
  }, true);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "id_token.claim_required");
  EXPECT_EQ(result.error().message,
            "The account ada@?[31mhome.example is not allowed here: its \"tid\" is \"private\", not \"company\".");
  EXPECT_FALSE(*manager_.stored("mock"));
  EXPECT_EQ(user_.pages, std::vector{PageOutcome::Failure});
}

TEST_F(RequiredClaims, AMissingClaimIsARefusal) {
  require({{"tid", "company"}});
  const auto result = log_in({}, true);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("The account ada is not allowed here: its \"tid\" is missing"), std::string::npos)
      << result.error().message;
}

TEST_F(RequiredClaims, AreLookedAtAfterTheSignature) {
  require({{"tid", "company"}});
  expect_discovery();
  expect_token(200, [] {
    auto body = *codec::Json::parse(tokens());
    auto forged = make_id_token("", [](codec::Json& claims) { claims.set("tid", "private"); });
    auto& in_signature = forged[forged.rfind('.') + 10];
    in_signature = in_signature == 'A' ? 'B' : 'A';
    body.set("id_token", forged);
    return body.dump();
  }());
  http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "id_token.signature");
}

TEST_F(RequiredClaims, HoldForALoginThatIsStoredAlready) {
  require({});
  ASSERT_TRUE(log_in([](codec::Json& claims) { claims.set("tid", "private"); }));
  require({{"tid", "company"}});

  const auto refreshed = manager_.refresh_token("mock");

  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, "login.claim_required");
  EXPECT_EQ(refreshed.error().category, Category::LoginRequired);
}

TEST_F(RequiredClaims, HoldForWhatComesWithARefresh) {
  require({{"tid", "company"}});
  ASSERT_TRUE(log_in([](codec::Json& claims) { claims.set("tid", "company"); }));
  auto body = *codec::Json::parse(tokens("access-2", "refresh-2"));
  body.set("id_token", make_id_token("", [](codec::Json& claims) { claims.set("tid", "private"); }));
  expect_token(200, body.dump());
  expect_revoked();

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.claim_required");
}

TEST_F(RequiredClaims, NeedAnIdToken) {
  auto wanted = config({"api"});
  wanted.required_claims = {{"tid", "company"}};
  manager_.add_provider("mock", std::move(wanted));
  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.required_claims");
}

TEST(DisplayText, KeepsEveryScriptAndNothingThatHides) {  // CH-OI-15
  using internal::display_text;
  EXPECT_EQ(display_text("Zo\u00eb \u0410\u0434\u0430 \u5c71\u7530 \U0001F600", 100),
            "Zo\u00eb \u0410\u0434\u0430 \u5c71\u7530 \U0001F600");
  for (const auto* hidden : {"\x1b", "\r\n", "\x7f", "\u009b", "\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u2028",
                             "\u3164", "\ufe0f", "\ue000", "\U000E0041", "\U0001FFFF", "\xff", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                             "\xe2\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(display_text(std::string("a") + hidden + "b", 100), "a?b");
  }
  EXPECT_EQ(display_text("\xe2\x82", 100), "?");  // cut short
}

TEST(DisplayText, IsCutBetweenCharacters) {
  using internal::display_text;
  EXPECT_EQ(display_text("abc", 3), "abc");
  EXPECT_EQ(display_text("abcd", 3), "abc...");
  EXPECT_EQ(display_text("ab\u00eb", 3), "ab...");
  EXPECT_EQ(display_text(std::string(10'000, 'x'), 200).size(), 203U);
}

}  // namespace
}  // namespace mimir::oauth::testing
