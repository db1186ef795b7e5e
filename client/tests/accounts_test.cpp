#include <mimir/oauth/accounts.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

class AccountsTest : public LoginTest {
 protected:
  void put(const std::string& name, const std::string& subject, const std::string& issuer = std::string(kIssuer)) {
    StoredLogin login{.config = config({"openid"}),
                      .tokens = {.access_token = Secret("access-of-" + name), .refresh_token = Secret("r")}};
    login.config.issuer = issuer;
    if (!subject.empty()) {
      login.tokens.id_token = Secret(make_id_token("n", [&](codec::Json& claims) { claims.set("sub", subject); }));
    }
    ASSERT_TRUE(storage_->store(name, login, 0));
  }
  Result<std::string> choose(const std::string& wanted = "", const std::string& variable = "") {
    return choose_account(*storage_, wanted, [&](std::string_view) {
      return variable.empty() ? std::nullopt : std::optional(variable);
    });
  }
};

TEST_F(AccountsTest, KeyIsIssuerClientAndSubject) {  // CH-AC-01
  put("work", "ada");
  put("private", "ada-2");
  put("elsewhere", "ada", "https://other.example");
  const auto accounts = *list_accounts(*storage_);

  ASSERT_EQ(accounts.size(), 3U);
  EXPECT_EQ(accounts[2].key, (AccountKey{.issuer = std::string(kIssuer), .client_id = "cli", .subject = "ada"}));
  EXPECT_NE(accounts[0].key, accounts[2].key);
  EXPECT_NE(accounts[1].key, accounts[2].key);
  EXPECT_TRUE(accounts[0].logged_in);
  EXPECT_TRUE(accounts[0].renewable);
}

TEST_F(AccountsTest, AProviderWithoutSubjectsHasKeysWithoutOne) {  // CH-AC-05
  put("one", "");
  put("two", "");

  EXPECT_EQ((*list_accounts(*storage_))[0].key.subject, "");
  for (const std::string name : {"one", "two"}) {  // nothing was merged: nobody says that they are the same person
    EXPECT_EQ((*storage_->load(name))->tokens.access_token.expose(), "access-of-" + name);
  }
}

TEST_F(AccountsTest, WhoIsShownIsReadFromTheRecordOfTheToken) {  // CH-AC-04
  put("work", "ada");
  put("private", "ada-2");
  const auto work = *storage_->load("work");
  const auto other = *storage_->load("private");
  ASSERT_TRUE(storage_->store("work", *other, work->generation));

  const auto accounts = *list_accounts(*storage_);
  EXPECT_EQ(accounts[1].name, "work");
  EXPECT_EQ(accounts[1].key.subject, "ada-2");  // whose token it is, whatever the name was before
  EXPECT_EQ((*storage_->load("work"))->tokens.access_token.expose(), "access-of-private");
}

TEST_F(AccountsTest, TheMeantOneIsExplicitThenVariableThenDefaultThenTheOnlyOne) {  // CH-AC-07
  EXPECT_EQ(choose().error().code, "account.none");
  put("work", "ada");
  EXPECT_EQ(choose(), "work");
  put("private", "ada-2");

  const auto ambiguous = choose();
  ASSERT_FALSE(ambiguous);
  EXPECT_EQ(ambiguous.error().code, "account.ambiguous");
  EXPECT_NE(ambiguous.error().message.find("private, work"), std::string::npos);
  ASSERT_TRUE(set_default_account(*storage_, "private"));
  EXPECT_EQ(choose(), "private");
  EXPECT_EQ(choose("", "work"), "work");
  EXPECT_EQ(choose("other", "work"), "other");
}

TEST_F(AccountsTest, ADefaultThatWasLoggedOutIsNone) {
  put("work", "ada");
  put("private", "ada-2");
  ASSERT_TRUE(set_default_account(*storage_, "work"));
  ASSERT_TRUE(storage_->erase("work"));

  EXPECT_EQ(choose(), "private");
  EXPECT_EQ(set_default_account(*storage_, "work").error().code, "account.unknown");
}

class OtherAccount : public AccountsTest {
 protected:
  /// Somebody logs in under the name of ada's login.
  Result<OAuthTokens> log_in_as(const std::string& subject) {
    manager_.add_provider("mock", config({"openid"}));
    put("mock", "ada");
    expect_discovery();
    user_.play = [&](const codec::Parameters& request) {
      nonce_ = std::string(request.one("nonce").value_or(""));
      return Result<CallbackResult>(PlayedUser::consent());
    };
    http_.expect("POST", "https://as.example/token", [this, subject](const auto&) {
      auto body = *codec::Json::parse(tokens("access-new", "refresh-new"));
      body.set("id_token", make_id_token(nonce_, [&](codec::Json& claims) { claims.set("sub", subject); }));
      return answer(200, body.dump());
    });
    http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
    after_login_();
    return manager_.initiate_flow("mock");
  }

  static constexpr auto* kRevoke = "https://as.example/revoke";
  std::function<void()> after_login_ = [] {};  ///< What the provider is asked then.
  std::string nonce_;
};

TEST_F(OtherAccount, ReplacesNothingAndItsTokensAreRevoked) {  // CH-AC-02
  after_login_ = [this] {
    http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 200, "");
  };

  const auto result = log_in_as("eve");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "account.mismatch");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-of-mock");
  EXPECT_EQ(user_.pages, std::vector<PageOutcome>{PageOutcome::Failure});
  const auto requests = http_.requests();
  EXPECT_EQ(requests[3].form.one("token"), "refresh-new");
  EXPECT_EQ(requests[4].form.one("token"), "access-new");
  EXPECT_TRUE(texts(Event::Kind::Warning).empty());
}

TEST_F(OtherAccount, TokensThatCannotBeRevokedAreSaidToLive) {  // CH-AC-02: best effort
  after_login_ = [this] {
    http_.expect("POST", kRevoke, [](const auto&) { return broken(Sent::Maybe); });
  };

  EXPECT_EQ(log_in_as("eve").error().code, "account.mismatch");

  ASSERT_EQ(texts(Event::Kind::Warning).size(), 1U);
  EXPECT_NE(texts(Event::Kind::Warning)[0].find("may still be live"), std::string::npos);
}

TEST_F(OtherAccount, TheSameOneIsKeptAndNothingRevoked) {
  EXPECT_TRUE(log_in_as("ada"));
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-new");
}

}  // namespace
}  // namespace mimir::oauth::testing
