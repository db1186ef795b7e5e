// Logins of which it is said beforehand whose they are to be.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using Claims = std::function<void(codec::Json&)>;

class Expected : public LoginTest {
 protected:
  static OAuthConfig expecting(ExpectedAccount account, std::vector<std::string> scopes = {"openid", "api"}) {
    auto wanted = config(std::move(scopes));
    wanted.account = std::move(account);
    return wanted;
  }
  void expect_account(ExpectedAccount account) { manager_.add_provider("mock", expecting(std::move(account))); }
  /// Somebody of these claims logs in. What is refused is revoked.
  Result<OAuthTokens> log_in(const Claims& change, bool is_refused = false) {
    if (http_.requests().empty()) expect_discovery();
    user_.play = [this](const codec::Parameters& asked) {
      nonce_ = asked.one("nonce").value_or("");
      return Result<CallbackResult>(PlayedUser::consent());
    };
    http_.expect("POST", "https://as.example/token", [this, change](const RecordedRequest&) {
      auto body = *codec::Json::parse(tokens("access-new", "refresh-new"));
      body.set("id_token", make_id_token(nonce_, change));
      return answer(200, body.dump());
    });
    if (std::exchange(keys_are_new_, false)) http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
    if (is_refused) {
      for (int i = 0; i < 2; ++i) http_.expect("POST", "https://as.example/revoke", 200, "");
    }
    return manager_.initiate_flow("mock");
  }
  codec::Parameters asked() { return *codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query()); }
  /// Why such a configuration asks for no login; empty when it does.
  std::string complaint(OAuthConfig about) {
    manager_.add_provider("mock", std::move(about));
    const auto result = manager_.initiate_flow("mock");
    return result || result.error().code != "config.account" ? "" : result.error().message;
  }

  std::string nonce_;
  bool keys_are_new_ = true;
};

Claims who(const std::string& name, const codec::Json& value) {
  return [=](codec::Json& claims) { claims.set(name, value); };
}

TEST_F(Expected, TheProviderIsToldWhomAndAskedToShowItsAccounts) {  // CH-AZ-16
  expect_account({.login_hint = "ada@as.example", .selects = true});

  EXPECT_TRUE(log_in(who("email", "Ada@AS.example")));

  EXPECT_EQ(asked().one("login_hint"), "ada@as.example");
  EXPECT_EQ(asked().one("prompt"), "select_account");
}

TEST_F(Expected, AskingForNothingSendsNothing) {
  expect_account({.subject = "ada"});

  EXPECT_TRUE(log_in({}));

  EXPECT_EQ(asked().count("login_hint"), 0U);  // a subject is nothing that a person types
  EXPECT_EQ(asked().count("prompt"), 0U);
}

TEST_F(Expected, SelectingGoesBesideWhatElseIsPrompted) {  // OIDC Core §3.1.2.1: a list
  for (const auto& [configured, sent] : {std::pair{"consent", "consent select_account"},
                                         std::pair{"select_account consent", "select_account consent"}}) {
    auto wanted = expecting({.selects = true}, {"api"});
    wanted.authorization_parameters = {{"prompt", configured}};
    manager_.add_provider("mock", std::move(wanted));
    user_.play = [](const codec::Parameters&) { return Result<CallbackResult>(PlayedUser::consent()); };
    if (http_.requests().empty()) expect_discovery();
    expect_token(200, tokens());

    EXPECT_TRUE(manager_.initiate_flow("mock"));

    EXPECT_EQ(asked().one("prompt"), sent);
  }
}

TEST_F(Expected, AnotherSubjectIsRefusedBeforeAnythingIsOverwrittenAndRevoked) {  // CH-AZ-16, CH-AC-02
  store_login("access-1", "refresh-1", std::chrono::hours(1), expecting({}));
  expect_account({.subject = "ada"});

  const auto result = log_in([](codec::Json& claims) {
    claims.set("sub", "eve");
    claims.set("email", "eve@\x1b[31mas.example");
  }, /*is_refused=*/true);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "account.unexpected");
  EXPECT_EQ(result.error().category, Category::Misconfigured);
  EXPECT_EQ(result.error().message,
            "The account eve@?[31mas.example logged in, and \"ada\" was expected; nothing was replaced.");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-1");
  EXPECT_EQ(user_.pages, std::vector<PageOutcome>{PageOutcome::Failure});
  EXPECT_EQ(http_.requests()[3].form.one("token"), "refresh-new");
}

TEST_F(Expected, AHintIsMetByAddressUserNameOrSubject) {
  expect_account({.login_hint = "ada@as.example"});
  EXPECT_TRUE(log_in([](codec::Json& claims) {
    claims.set("email", "ada@as.example");
    claims.set("email_verified", true);
  }));
  EXPECT_TRUE(log_in([](codec::Json& claims) {
    claims.set("email", "ada@as.example");
    claims.set("email_verified", "true");  // some send a text
  }));
  EXPECT_TRUE(log_in(who("preferred_username", "ADA@as.example")));
  expect_account({.login_hint = "ada"});
  EXPECT_TRUE(log_in({}));
}

TEST_F(Expected, AnAddressThatTheProviderDisownsIsNobodys) {  // OIDC Core §5.1
  expect_account({.login_hint = "ada@as.example"});
  for (const codec::Json& value : {codec::Json(false), codec::Json("false")}) {
    const auto result = log_in([&value](codec::Json& claims) {
      claims.set("email", "ada@as.example");
      claims.set("email_verified", value);
    }, /*is_refused=*/true);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "account.unexpected");
  }
}

TEST_F(Expected, AnIdTokenThatNamesNobodyMeetsNoHint) {
  expect_account({.login_hint = "ada@as.example"});

  const auto result = log_in({}, /*is_refused=*/true);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "account.unexpected");
  EXPECT_NE(result.error().hint.find("scopes email and profile"), std::string::npos);
}

TEST_F(Expected, SubjectAndHintMustBothFit) {
  expect_account({.subject = "ada", .login_hint = "ada@as.example"});

  EXPECT_FALSE(log_in(who("email", "eve@as.example"), /*is_refused=*/true));
  EXPECT_TRUE(log_in(who("email", "ada@as.example")));
}

TEST_F(Expected, ALoginThatIsStoredIsHeldToIt) {
  expect_account({});
  ASSERT_TRUE(log_in({}));
  clock_.advance(std::chrono::hours(2));
  expect_account({.subject = "eve"});

  const auto result = manager_.refresh_token("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "login.other_account");
  EXPECT_EQ(result.error().category, Category::LoginRequired);
}

TEST_F(Expected, IsKeptWithTheLoginForTheNextOne) {
  expect_account({.subject = "ada", .selects = true});
  ASSERT_TRUE(log_in({}));

  EXPECT_EQ((*storage_->load("mock"))->config.account.subject, "ada");
}

TEST_F(Expected, WhatCannotBeCheckedOrAskedIsRefusedBeforeABrowserOpens) {
  EXPECT_NE(complaint(expecting({.subject = "ada"}, {"api"})).find("scope openid"), std::string::npos);
  EXPECT_NE(complaint(expecting({.login_hint = "ada"}, {"api"})).find("scope openid"), std::string::npos);
  EXPECT_NE(complaint(expecting({.subject = "a\nb"})).find("control character"), std::string::npos);
  EXPECT_NE(complaint(expecting({.login_hint = "a\nb"})).find("control character"), std::string::npos);
  auto twice = expecting({.login_hint = "ada"});
  twice.authorization_parameters = {{"login_hint", "eve"}};
  EXPECT_NE(complaint(std::move(twice)).find("another login_hint"), std::string::npos);
  auto silent = expecting({.selects = true});
  silent.authorization_parameters = {{"prompt", "none"}};
  EXPECT_NE(complaint(std::move(silent)).find("prompt none"), std::string::npos);
  EXPECT_TRUE(user_.opened.empty());
}

}  // namespace
}  // namespace mimir::oauth::testing
