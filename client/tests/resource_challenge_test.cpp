// What a resource's refusal says, RFC 9110 §11.6.1 and RFC 6750 §3, and what follows from it. Names in comments are
// those of the requirements catalogue.
#include <mimir/oauth/token_source.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kFiles = "https://files.example/v1";
constexpr auto* kAbout = "https://files.example/about";
constexpr auto* kFilesWellKnown = "https://files.example/.well-known/oauth-protected-resource/v1";

class ResourceChallenge : public LoginTest {
 protected:
  void refuse(const std::vector<std::string>& fields) {
    http_.expect("GET", kFiles, [=](const auto&) {
      std::vector<std::pair<std::string, std::string>> headers;
      for (const auto& field : fields) headers.emplace_back("WWW-Authenticate", field);
      return answer(401, "", "text/plain", headers);
    });
  }
  void describe(const char* where, const std::string& issuer = std::string(kIssuer)) {
    http_.expect(
        "GET", where, 200,
        codec::Json::object({{"resource", kFiles}, {"authorization_servers", codec::Json::array({issuer})}}).dump());
  }
  /// Whether what the challenge says leads to the resource's own description, with the scopes it asks for.
  void expect_understood(const std::vector<std::string>& fields, const std::vector<std::string>& scopes) {
    refuse(fields);
    describe(kAbout);
    const auto found = manager_.discover_resource(kFiles);
    ASSERT_TRUE(found) << fields.front() << ": " << found.error().message;
    EXPECT_EQ(found->scopes, scopes) << fields.front();
  }
};

TEST_F(ResourceChallenge, SchemeIsReadInAnyCase) {  // www-authenticate-scheme-case-insensitive
  for (const std::string scheme : {"bearer", "BEARER", "bEaReR", "dpop"}) {
    expect_understood(
        {scheme + R"( error="invalid_token", Resource_Metadata="https://files.example/about", SCOPE="a")"}, {"a"});
  }
}

TEST_F(ResourceChallenge, OursIsFoundAmongOthers) {  // www-authenticate-several-challenges
  const std::string basic = R"(Basic realm="x", scope="wrong", resource_metadata="https://files.example/wrong")";
  const std::string bearer = R"(Bearer scope="a b", resource_metadata="https://files.example/about")";
  expect_understood({basic + ", " + bearer}, {"a", "b"});
  expect_understood({bearer + ", " + basic}, {"a", "b"});
  expect_understood({basic, bearer}, {"a", "b"});
  expect_understood({bearer, basic}, {"a", "b"});
  expect_understood({"Negotiate YWJj/+==, " + bearer}, {"a", "b"});
}

TEST_F(ResourceChallenge, QuotedAndPlainValuesAreRead) {  // www-authenticate-quoting
  const std::string place = R"(resource_metadata="https://files.example/about")";
  expect_understood({R"(Bearer realm="a, Basic scope=\"wrong\", \\", scope="x", )" + place}, {"x"});
  expect_understood({R"(Bearer realm="\"", error=invalid_token, scope=x, )" + place}, {"x"});
  expect_understood({R"(Bearer scope = "\x y" ,, )" + place}, {"x", "y"});
}

TEST_F(ResourceChallenge, GarbledOneIsARefusalLikeAnyOther) {  // www-authenticate-garbled
  int round = 0;
  for (const std::string field : {"Bearer error=\"open", "Bearer error=\"x\\", "=,=\"", "\xff\xfe", "Bearer \x01",
                                  "Bearer scope=\"a\" resource_metadata", "error=\"insufficient_scope\""}) {
    refuse({field});
    describe(kFilesWellKnown);
    EXPECT_TRUE(manager_.discover_resource(kFiles)) << field;

    store_login("old", "refresh-1", std::chrono::hours(1));
    const auto renewed = "new-" + std::to_string(++round);
    refuse({field});
    if (round == 1) expect_discovery();
    expect_token(200, tokens(renewed));
    http_.expect("GET", kFiles, 200, "");
    TokenSource source(manager_, "mock");
    const auto answered = source.send({.url = kFiles});
    ASSERT_TRUE(answered) << field;
    EXPECT_EQ(answered->status, 200) << field;
    EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer " + renewed) << field;
  }
}

TEST_F(ResourceChallenge, WithoutErrorLeadsToALogin) {  // www-authenticate-no-error
  refuse({R"(Bearer realm="files", scope="api", resource_metadata="https://files.example/about")"});
  describe(kAbout);
  const auto found = manager_.discover_resource(kFiles);
  ASSERT_TRUE(found) << found.error().message;
  auto wanted = config(found->scopes);
  wanted.issuer = found->authorization_servers.at(0);
  manager_.confirm_issuer(wanted.issuer);  // CH-OI-02: here a person says so
  manager_.add_provider("mock", std::move(wanted));
  TokenSource source(manager_, "mock", LoginPolicy::WhenNeeded);
  expect_discovery();
  expect_token(200, tokens("access-1"));
  http_.expect("GET", kFiles, 200, "");

  const auto answered = source.send({.url = kFiles});

  ASSERT_TRUE(answered) << answered.error().message;
  ASSERT_EQ(user_.opened.size(), 1U);
  EXPECT_NE(user_.opened[0].find("scope=api"), std::string::npos);
  EXPECT_EQ(http_.requests().front().header("Authorization"), "");
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer access-1");
}

TEST_F(ResourceChallenge, EachResourceGetsItsOwnToken) {  // bearer-right-resource-only
  store_login("mail-token", "mail-refresh", std::chrono::hours(1));
  auto files = *storage_->load("mock");
  files->tokens.access_token = Secret("files-token");
  files->tokens.refresh_token = Secret("files-refresh");
  ASSERT_TRUE(storage_->store("files", *files, 0));
  TokenSource mail(manager_, "mock");
  TokenSource other(manager_, "files");
  for (int round = 0; round < 2; ++round) {
    http_.expect("GET", "https://mail.example/", 200, "").expect("GET", kFiles, 200, "");
    ASSERT_TRUE(mail.send({.url = "https://mail.example/"}));
    EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer mail-token");
    ASSERT_TRUE(other.send({.url = kFiles}));
    EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer files-token");
  }
  // A refusal renews the login of that resource only, and the other's token does not change.
  refuse({R"(Bearer error="invalid_token")"});
  expect_discovery();
  expect_token(200, tokens("files-2", "files-refresh-2"));
  http_.expect("GET", kFiles, 200, "").expect("GET", "https://mail.example/", 200, "");
  ASSERT_TRUE(other.send({.url = kFiles}));
  const auto requests = http_.requests();
  EXPECT_EQ(requests[requests.size() - 2].form.one("refresh_token"), "files-refresh");
  EXPECT_EQ(requests.back().header("Authorization"), "Bearer files-2");
  ASSERT_TRUE(mail.send({.url = "https://mail.example/"}));
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer mail-token");
}

TEST_F(ResourceChallenge, AnotherServerGetsNothingOfTheOldOne) {  // authorization-server-change-fresh-credentials
  auto old = config();
  old.client_id = "old-client";
  old.client_secret = Secret("old-secret");
  store_login("old-access", "old-refresh", std::chrono::hours(1), std::move(old));
  refuse({"Bearer"});
  describe(kFilesWellKnown, "https://new.example");
  const auto found = manager_.discover_resource(kFiles);
  ASSERT_TRUE(found) << found.error().message;
  auto fresh = config();
  fresh.issuer = found->authorization_servers.at(0);
  fresh.client_id = "new-client";
  manager_.confirm_issuer(fresh.issuer);
  manager_.add_provider("mock", std::move(fresh));

  TokenSource quiet(manager_, "mock");
  EXPECT_EQ(quiet.send({.url = kFiles}).error().code, "login.other_client");

  http_.expect("GET", "https://new.example/.well-known/oauth-authorization-server", 200,
               codec::Json::object({{"issuer", "https://new.example"},
                                    {"authorization_endpoint", "https://new.example/authorize"},
                                    {"token_endpoint", "https://new.example/token"}})
                   .dump());
  http_.expect("POST", "https://new.example/token", 200, tokens("new-access", "new-refresh"));
  http_.expect("GET", kFiles, 200, "");
  TokenSource asking(manager_, "mock", LoginPolicy::WhenNeeded);
  const auto answered = asking.send({.url = kFiles});

  ASSERT_TRUE(answered) << answered.error().message;
  ASSERT_EQ(user_.opened.size(), 1U);
  EXPECT_EQ(user_.opened[0].find("old-"), std::string::npos);
  for (const auto& request : http_.requests()) {
    EXPECT_EQ((request.url + request.body).find("old-"), std::string::npos) << request.url;
    for (const auto& [name, value] : request.headers) EXPECT_EQ(value.find("old-"), std::string::npos) << request.url;
  }
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer new-access");
}

}  // namespace
}  // namespace mimir::oauth::testing
