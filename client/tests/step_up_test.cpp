// A good token that is not good enough: RFC 6750 §3.1 insufficient_scope, RFC 9470, and a resource that asks to wait.
// Names in comments are those of the requirements catalogue.
#include <tuple>

#include <mimir/oauth/token_source.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kStepUpFiles = "https://files.example/v1";
constexpr auto* kWantsFilesScope = R"(Bearer error="insufficient_scope", scope="files")";
constexpr auto* kWantsStronger =
    R"(Bearer error="insufficient_user_authentication", acr_values="phr mfa", max_age="60")";

class StepUp : public LoginTest {
 protected:
  void SetUp() override {
    manager_.add_provider("mock", config());
    store_login("access-1", "refresh-1", std::chrono::hours(1));
  }
  void expect_files(int status, const std::string& challenge = {}) {
    http_.expect("GET", kStepUpFiles, [=](const auto&) {
      using Headers = std::vector<std::pair<std::string, std::string>>;
      return answer(status, "", "text/plain", challenge.empty() ? Headers{} : Headers{{"WWW-Authenticate", challenge}});
    });
  }
  void expect_login(const std::string& access, const std::string& scope, bool first = true) {
    if (first) expect_discovery();
    auto body = *codec::Json::parse(tokens(access, "refresh-of-" + access));
    if (!scope.empty()) body.set("scope", scope);
    expect_token(200, body.dump());
  }
  [[nodiscard]] std::optional<std::string> asked(std::string_view name) const {
    const auto url = codec::Url::parse(user_.opened.at(user_.opened.size() - 1));
    return codec::Parameters::parse(url->query().value_or(""))->one(name);
  }
  [[nodiscard]] std::string last_authorization() { return http_.requests().back().header("Authorization"); }

  TokenSource source_{manager_, "mock", LoginPolicy::WhenNeeded};
};

TEST_F(StepUp, AsksForTheMissingScopeBesidesWhatWasGranted) {  // insufficient-scope-keeps-granted
  expect_files(403, kWantsFilesScope);
  expect_login("access-2", "api files");
  expect_files(200);

  const auto answered = source_.send({.url = kStepUpFiles});

  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_EQ(answered->status, 200);
  ASSERT_EQ(user_.opened.size(), 1U);
  EXPECT_EQ(asked("scope"), "api files");
  EXPECT_EQ(asked("max_age"), std::nullopt);
  EXPECT_EQ(last_authorization(), "Bearer access-2");
  EXPECT_EQ(texts(Event::Kind::LoginNeeded), std::vector<std::string>{"the resource wants the scope \"files\""});
  // The wider scope stays with the login: its refresh and the next program keep it.
  EXPECT_EQ((*storage_->load("mock"))->config.scopes, (std::vector<std::string>{"api", "files"}));
}

TEST_F(StepUp, DoesNotRefreshInVain) {  // www-authenticate-insufficient-scope
  TokenSource quiet(manager_, "mock");
  for (const auto* challenge : {kWantsFilesScope, R"(Bearer error="insufficient_scope")"}) {
    expect_files(403, challenge);
    const auto answered = quiet.send({.url = kStepUpFiles});
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->status, 403);
  }
  expect_files(401, kWantsStronger);
  EXPECT_EQ(quiet.send({.url = kStepUpFiles})->status, 401);
  EXPECT_EQ(http_.requests().size(), 3U);
  EXPECT_TRUE(user_.opened.empty());
  EXPECT_EQ(texts(Event::Kind::Warning).at(0), "the resource wants the scope \"files\"; that takes a new login");
}

TEST_F(StepUp, StopsWhenTheNewLoginDoesNotBringTheScope) {  // insufficient-scope-bounded
  expect_files(403, kWantsFilesScope);
  expect_login("access-2", "api");
  expect_files(403, kWantsFilesScope);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 403);
  EXPECT_EQ(texts(Event::Kind::Warning).back(), "the resource wants the scope \"files\"; a new login did not bring it");
  // Nor does the next call ask the user again, whatever the path.
  http_.expect("GET", "https://files.example/other", [](const auto&) {
    return answer(403, "", "text/plain", {{"WWW-Authenticate", kWantsFilesScope}});
  });
  EXPECT_EQ(source_.send({.url = "https://files.example/other"})->status, 403);
  EXPECT_EQ(user_.opened.size(), 1U);
}

TEST_F(StepUp, AGrantedScopeThatIsNotEnoughNeedsNoLogin) {
  expect_files(403, R"(Bearer error="insufficient_scope", scope="api")");
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 403);
  EXPECT_TRUE(user_.opened.empty());
  EXPECT_EQ(texts(Event::Kind::Warning).back(),
            "the resource wants the scope \"api\"; which the provider says it has granted");
}

TEST_F(StepUp, SendsWhatTheChallengeSays) {  // step-up-parameters-used
  expect_files(401, kWantsStronger);
  expect_login("access-2", "");
  expect_files(200);

  const auto answered = source_.send({.url = kStepUpFiles});

  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_EQ(answered->status, 200);
  EXPECT_EQ(asked("acr_values"), "phr mfa");
  EXPECT_EQ(asked("max_age"), "60");
  EXPECT_EQ(asked("scope"), "api");
  EXPECT_EQ(http_.requests().at(2).form.one("grant_type"), "authorization_code");  // no refresh before it
  // It was for this once: the next login asks for no more than is configured.
  EXPECT_EQ((*storage_->load("mock"))->config.max_age, std::nullopt);
  EXPECT_TRUE((*storage_->load("mock"))->config.acr_values.empty());
}

TEST_F(StepUp, TheStricterOfTwoAgesIsAskedFor) {
  for (const auto& [configured, demanded, asked_for] : {std::tuple{30, 60, "30"}, std::tuple{600, 60, "60"}}) {
    auto wanted = config();
    wanted.max_age = std::chrono::seconds(configured);
    manager_.add_provider("mock", std::move(wanted));
    if (user_.opened.empty()) expect_discovery();
    expect_token(200, tokens());
    ASSERT_TRUE(manager_.step_up("mock", {.max_age = std::chrono::seconds(demanded)}));
    EXPECT_EQ(asked("max_age"), asked_for);
    EXPECT_EQ((*storage_->load("mock"))->config.max_age, std::chrono::seconds(configured));
  }
}

TEST_F(StepUp, WhatAnotherClientWasGrantedIsNotAskedFor) {
  auto other = config({"other"});
  other.client_id = "another-client";
  for (int round = 0; round < 2; ++round) {
    auto login = *storage_->load("mock");
    login->config = other.clone();
    login->tokens.scopes = {"other"};
    ASSERT_TRUE(storage_->store("mock", *login, login->generation));
    if (round == 0) expect_discovery();
    expect_token(200, tokens());
    ASSERT_TRUE(manager_.step_up("mock", {.scopes = {"files"}}));
    EXPECT_EQ(asked("scope"), "api files");
    other.client_id = "cli";
    other.issuer = "https://other.example";
  }
}

TEST_F(StepUp, StopsWhenTheStrongerLoginIsNotEnough) {  // step-up-bounded
  expect_files(401, kWantsStronger);
  expect_login("access-2", "");
  expect_files(401, kWantsStronger);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 401);
  expect_files(401, kWantsStronger);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 401);
  EXPECT_EQ(user_.opened.size(), 1U);
  EXPECT_EQ(texts(Event::Kind::Warning).back(),
            "the resource wants a login no older than 60 s and a login by \"phr mfa\"; a new login did not bring it");
}

TEST_F(StepUp, MoreScopeAndThenAStrongerLoginAreTwoDemands) {
  expect_files(403, kWantsFilesScope);
  expect_login("access-2", "api files");
  expect_files(401, kWantsStronger);
  expect_login("access-3", "", /*first=*/false);
  expect_files(200);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 200);
  EXPECT_EQ(user_.opened.size(), 2U);
  EXPECT_EQ(asked("scope"), "api files");
}

TEST_F(StepUp, AResourceThatGoesOnInventingIsNotFollowed) {
  expect_files(403, kWantsFilesScope);
  expect_login("access-2", "api files");
  expect_files(403, R"(Bearer error="insufficient_scope", scope="more")");
  expect_login("access-3", "api files more", /*first=*/false);
  expect_files(403, R"(Bearer error="insufficient_scope", scope="evermore")");
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 403);
  EXPECT_EQ(user_.opened.size(), 2U);
}

TEST_F(StepUp, ALoginThatFailsLeavesTheOldOne) {
  expect_files(403, kWantsFilesScope);
  expect_discovery();
  user_.play = [](const auto&) { return Result<CallbackResult>(CallbackResult{.error = "access_denied"}); };
  const auto answered = source_.send({.url = kStepUpFiles});
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().category, Category::UserDeclined);
  EXPECT_TRUE(stored_tokens().access_token.equals(Secret("access-1")));
}

TEST_F(StepUp, WhatAnotherProcessBroughtIsTriedFirst) {
  EXPECT_TRUE(source_.access_token());  // cached
  store_login("access-2", "refresh-2", std::chrono::hours(1));
  expect_files(403, kWantsFilesScope);
  expect_files(200);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 200);
  EXPECT_EQ(last_authorization(), "Bearer access-2");
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(StepUp, ReadsOnlyDemandsThatCanBeSent) {
  const auto demand = [](int status, const std::string& challenge) {
    return login_demand(*answer(status, "", "text/plain", {{"WWW-Authenticate", challenge}}).response);
  };
  EXPECT_EQ(demand(403, R"(Basic error="insufficient_scope", scope="a", DPoP error=insufficient_scope, scope="b c")"),
            (LoginDemand{.scopes = {"b", "c"}}));
  EXPECT_EQ(demand(401, R"(Bearer error="insufficient_user_authentication", max_age=0)"),
            (LoginDemand{.max_age = std::chrono::seconds(0)}));
  for (const std::string bad :
       {"Bearer error=\"insufficient_scope\"", "Bearer error=\"insufficient_scope\", scope=\"a\tb\"",
        "Bearer error=\"insufficient_scope\", scope=\"\xc3\xa4\"", "Bearer error=\"insufficient_scope\", scope=\"\\\"\"",
        "Bearer error=\"insufficient_scope\", scope=\"a\x7f\"", "Bearer error=\"invalid_token\", scope=\"a\"",
        "Bearer scope=\"a\""}) {
    EXPECT_EQ(demand(403, bad), std::nullopt) << bad;
  }
  EXPECT_EQ(demand(401, kWantsFilesScope), std::nullopt);
  EXPECT_EQ(demand(403, kWantsStronger), std::nullopt);
  EXPECT_EQ(demand(403, "Bearer error=\"insufficient_scope\", scope=\"" + std::string(257, 'a') + '"'), std::nullopt);
  for (const std::string age : {"-1", "1.5", "1e3", "9999999999", "1000000000", "", "60 ", "x"}) {
    EXPECT_EQ(demand(401, "Bearer error=\"insufficient_user_authentication\", max_age=\"" + age + '"'), std::nullopt) << age;
  }
}

class ConfiguredStrength : public LoginTest {
 protected:
  /// Logs in with an ID Token that says this of how the user logged in.
  Result<OAuthTokens> log_in(const std::function<void(codec::Json&)>& how) {
    auto wanted = config({"openid"});
    wanted.max_age = std::chrono::seconds(600);
    wanted.acr_values = {"mfa", "phr"};
    manager_.add_provider("mock", std::move(wanted));
    expect_discovery();
    http_.expect("POST", "https://as.example/token", [this, how](const auto&) {
      const auto url = codec::Url::parse(user_.opened.back());
      const auto asked = codec::Parameters::parse(url->query().value_or(""));
      EXPECT_EQ(asked->one("max_age"), "600");
      EXPECT_EQ(asked->one("acr_values"), "mfa phr");
      auto body = *codec::Json::parse(tokens());
      body.set("id_token", make_id_token(asked->one("nonce").value_or(""), how));
      return answer(200, body.dump(), "application/json");
    });
    http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
    return manager_.initiate_flow("mock");
  }
  static std::int64_t seconds_ago(int seconds) {
    return std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch()).count() - seconds;
  }
};

TEST_F(ConfiguredStrength, ALoginAsAskedForIsKept) {
  const auto tokens = log_in([](auto& claims) {
    claims.set("auth_time", seconds_ago(599));
    claims.set("acr", "phr");
  });
  ASSERT_TRUE(tokens) << tokens.error().message;
  EXPECT_EQ((*storage_->load("mock"))->config.max_age, std::chrono::seconds(600));
  EXPECT_EQ((*storage_->load("mock"))->config.acr_values, (std::vector<std::string>{"mfa", "phr"}));
}

TEST_F(ConfiguredStrength, AnOldLoginIsRefused) {  // idtoken-auth-time-old
  const auto tokens = log_in([](auto& claims) {
    claims.set("auth_time", seconds_ago(600 + 121));
    claims.set("acr", "phr");
  });
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().code, "id_token.auth_time");
  EXPECT_FALSE(*storage_->load("mock"));
}

TEST_F(ConfiguredStrength, ClocksMayDifferByTwoMinutes) {
  EXPECT_TRUE(log_in([](auto& claims) {
    claims.set("auth_time", seconds_ago(600 + 119));
    claims.set("acr", "mfa");
  }));
}

TEST_F(ConfiguredStrength, ALoginWithoutItsTimeIsRefused) {  // idtoken-auth-time-old
  const auto error = log_in([](auto& claims) { claims.set("acr", "phr"); }).error();
  EXPECT_EQ(error.code, "id_token.auth_time");
  EXPECT_NE(error.message.find("missing"), std::string::npos) << error.message;
}

TEST_F(ConfiguredStrength, NonsenseIsFoundBeforeTheBrowserOpens) {
  const auto refusal = [this](const std::function<void(OAuthConfig&)>& spoil) {
    auto wanted = config();
    spoil(wanted);
    manager_.add_provider("mock", std::move(wanted));
    return manager_.initiate_flow("mock").error().code;
  };
  EXPECT_EQ(refusal([](auto& it) { it.max_age = std::chrono::seconds(-1); }), "config.max_age");
  EXPECT_EQ(refusal([](auto& it) { it.acr_values = {"a\nb"}; }), "config.control_character");
  for (const std::string name : {"max_age", "acr_values"}) {
    EXPECT_EQ(refusal([&](auto& it) { it.authorization_parameters = {{name, "1"}}; }), "config.parameter") << name;
  }
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(ConfiguredStrength, AnotherWayOfLoggingInIsReported) {  // idtoken-acr-unmet
  const auto tokens = log_in([](auto& claims) {
    claims.set("auth_time", seconds_ago(10));
    claims.set("acr", "pwd\x1b[2J");
  });
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().code, "id_token.acr");
  EXPECT_NE(tokens.error().message.find("by \"pwd?[2J\" and not by one of \"mfa phr\""), std::string::npos)
      << tokens.error().message;
}

TEST_F(ConfiguredStrength, AnUnnamedWayOfLoggingInIsReported) {  // idtoken-acr-unmet
  EXPECT_EQ(log_in([](auto& claims) { claims.set("auth_time", seconds_ago(10)); }).error().code, "id_token.acr");
}

class ResourceAsksToWait : public StepUp {
 protected:
  void expect_busy(const std::string& method, int status, const std::string& retry_after) {
    http_.expect(method, kStepUpFiles, [=](const auto&) {
      return answer(status, "", "text/plain", {{"Retry-After", retry_after}});
    });
  }
};

TEST_F(ResourceAsksToWait, ItIsAskedAgainThenAndTheTokenKept) {  // rs-retry-after-honoured
  expect_busy("POST", 429, "7");
  expect_busy("POST", 429, "30");
  http_.expect("POST", kStepUpFiles, 200, "");
  const auto answered = source_.send({.method = "POST", .url = kStepUpFiles, .body = Secret("once")});
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->status, 200);
  EXPECT_EQ(clock_.now() - kStart, std::chrono::seconds(37));
  EXPECT_EQ(http_.requests().size(), 3U);
  EXPECT_EQ(http_.requests().back().body, "once");
  EXPECT_EQ(last_authorization(), "Bearer access-1");
  EXPECT_TRUE(stored_tokens().access_token.equals(Secret("access-1")));
}

TEST_F(ResourceAsksToWait, NotForLongNorForEver) {
  expect_busy("GET", 429, "61");
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 429);
  for (int i = 0; i < 4; ++i) expect_busy("GET", 503, "1");
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 503);
  expect_busy("GET", 429, "5");
  EXPECT_EQ(source_.send({.url = kStepUpFiles}, {.timeout = std::chrono::seconds(4)})->status, 429);
  expect_files(429);
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 429);
  expect_busy("GET", 500, "1");
  EXPECT_EQ(source_.send({.url = kStepUpFiles})->status, 500);
  EXPECT_EQ(clock_.now() - kStart, std::chrono::seconds(3));
}

TEST_F(ResourceAsksToWait, WhatMayHaveBeenDoneIsNotSentAgain) {
  expect_busy("POST", 503, "1");
  EXPECT_EQ(source_.send({.method = "POST", .url = kStepUpFiles})->status, 503);
  EXPECT_EQ(http_.requests().size(), 1U);
}

}  // namespace
}  // namespace mimir::oauth::testing
