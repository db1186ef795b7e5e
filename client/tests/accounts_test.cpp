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

TEST_F(AccountsTest, AProviderWithoutSubjectsHasKeysWithoutOne) {
  put("plain", "");
  EXPECT_EQ((*list_accounts(*storage_))[0].key.subject, "");
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

TEST_F(AccountsTest, LoginOfSomebodyElseReplacesNothing) {  // CH-AC-02
  manager_.add_provider("mock", config({"openid"}));
  put("mock", "ada");
  expect_discovery();
  std::string nonce;
  user_.play = [&](const codec::Parameters& request) {
    nonce = std::string(request.one("nonce").value_or(""));
    return Result<CallbackResult>(PlayedUser::consent());
  };
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    auto body = codec::Json::object({{"access_token", "access-of-eve"}, {"token_type", "Bearer"}});
    body.set("id_token", make_id_token(nonce, [](codec::Json& claims) {
               claims.set("sub", "eve");
               claims.erase("at_hash");
             }));
    return answer(200, body.dump());
  });
  http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "account.mismatch");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-of-mock");
  EXPECT_EQ(user_.pages, std::vector<PageOutcome>{PageOutcome::Failure});
}

}  // namespace
}  // namespace mimir::oauth::testing
