// Section 1 of the requirements catalogue: metadata and what may go wrong with it.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kFirst = "https://as.example/.well-known/oauth-authorization-server";
constexpr auto* kSecond = "https://as.example/.well-known/openid-configuration";

class Discovery : public LoginTest {
 protected:
  Discovery() { manager_.add_provider("mock", config()); }

  /// The login fails, and no browser was opened for it.
  Error expect_no_browser(const std::string& code) {
    const auto result = manager_.initiate_flow("mock");
    EXPECT_FALSE(result);
    EXPECT_TRUE(user_.opened.empty());
    if (result) return {};
    EXPECT_EQ(result.error().code, code) << result.error().message;
    return result.error();
  }
};

TEST_F(Discovery, ComparesTheIssuerByteForByte) {  // metadata-issuer-mismatch-rejected, metadata-issuer-exact-compare
  for (const auto* issuer : {"https://evil.example", "https://as.example/", "https://AS.example", "https://as.example:443"}) {
    auto document = metadata();
    document.set("issuer", issuer);
    expect_discovery(document);
    EXPECT_EQ(expect_no_browser("metadata.issuer_mismatch").category, Category::AttackSuspected) << issuer;
  }
}

TEST_F(Discovery, InsertsTheWellKnownPartBeforeThePath) {  // metadata-well-known-path-inserted
  auto with_path = config();
  with_path.issuer = "https://as.example/t/one";
  manager_.add_provider("mock", std::move(with_path));
  auto document = metadata();
  document.set("issuer", "https://as.example/t/one");
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server/t/one", 200, document.dump());
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, FallsBackToTheAppendedOpenIdForm) {  // metadata-openid-path-appended
  auto with_path = config();
  with_path.issuer = "https://as.example/t/one";
  manager_.add_provider("mock", std::move(with_path));
  auto document = metadata();
  document.set("issuer", "https://as.example/t/one");
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server/t/one", 404, "");
  http_.expect("GET", "https://as.example/t/one/.well-known/openid-configuration", 200, document.dump());
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, GuessesNothingWhenThereIsNoMetadata) {  // metadata-absent-no-guessing
  http_.expect("GET", kFirst, 404, "").expect("GET", kSecond, 404, "");

  expect_no_browser("metadata.absent");
}

TEST_F(Discovery, RecognisesAWebPage) {  // metadata-html-body
  http_.expect("GET", kFirst, 200, "<!doctype html><title>Sign in</title>", "text/html")
      .expect("GET", kSecond, 404, "");

  const auto error = expect_no_browser("metadata.html");

  EXPECT_NE(error.message.find("not a metadata document"), std::string::npos);
  EXPECT_NE(error.message.find("as.example"), std::string::npos);
  EXPECT_EQ(error.message.find("Sign in"), std::string::npos);
}

TEST_F(Discovery, NamesAMissingMember) {  // metadata-member-missing
  auto document = metadata();
  document.erase("token_endpoint");
  expect_discovery(document);

  EXPECT_NE(expect_no_browser("metadata.member_missing").message.find("\"token_endpoint\""), std::string::npos);
}

TEST_F(Discovery, NamesAMemberOfTheWrongType) {  // metadata-member-wrong-type
  const std::vector<codec::Json::Member> wrong{{"token_endpoint", 7},
                                               {"authorization_endpoint", codec::Json::array({"x"})},
                                               {"issuer", true},
                                               {"token_endpoint_auth_methods_supported", "none"},
                                               {"response_types_supported", codec::Json::array({1})},
                                               {"authorization_response_iss_parameter_supported", "yes"}};
  for (const auto& [member, value] : wrong) {
    auto document = metadata();
    document.set(member, value);
    expect_discovery(document);
    EXPECT_NE(expect_no_browser("metadata.member_type").message.find(member), std::string::npos);
  }
}

TEST_F(Discovery, IgnoresUnknownMembersAndNulls) {  // metadata-unknown-members-ignored
  auto document = metadata();
  document.set("x_large", std::string(100'000, 'x'));
  document.set("x_nested", codec::Json::object({{"a", codec::Json::array({1, codec::Json(), true})}}));
  document.set("revocation_endpoint", nullptr);
  expect_discovery(document);
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, RefusesPlainHttpEndpointsElsewhere) {  // metadata-http-endpoint-rejected
  for (const auto* member : {"token_endpoint", "authorization_endpoint"}) {
    auto document = metadata();
    document.set(member, "http://as.example/x");
    expect_discovery(document);
    expect_no_browser("metadata.endpoint_insecure");
  }
  auto document = metadata();
  document.set("token_endpoint", "http://127.0.0.1/token");  // a stranger must not send our code to this machine
  expect_discovery(document);
  expect_no_browser("metadata.endpoint_insecure");
}

TEST_F(Discovery, AcceptsEndpointsOnOtherHosts) {  // metadata-cross-host-endpoints-accepted
  auto document = metadata();
  document.set("token_endpoint", "https://tokens.example/t?v=1");  // token-endpoint-query-retained
  expect_discovery(document);
  http_.expect("POST", "https://tokens.example/t?v=1", 200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, RefusesInsecureAndOddIssuers) {
  for (const auto* issuer : {"http://as.example", "https://as.example?x=1", "ftp://as.example", "as.example"}) {
    auto odd = config();
    odd.issuer = issuer;
    manager_.add_provider("mock", std::move(odd));
    expect_no_browser("issuer.invalid");
  }
}

TEST_F(Discovery, RefusesServersWithoutTheCodeFlow) {  // implicit-grant-never-requested, password-grant-never-used
  auto document = metadata();
  document.set("response_types_supported", codec::Json::array({"token"}));
  expect_discovery(document);

  expect_no_browser("metadata.no_code_flow");

  document = metadata();
  document.set("grant_types_supported", codec::Json::array({"password"}));
  clock_.advance(std::chrono::hours(2));
  expect_discovery(document);
  expect_no_browser("metadata.no_code_flow");
}

TEST_F(Discovery, OutageIsNoVerdict) {
  http_.expect("GET", kFirst, [](const auto&) { return answer(503, "", "text/plain", {{"Retry-After", "120"}}); });

  const auto error = expect_no_browser("metadata.unavailable");

  EXPECT_EQ(error.category, Category::TryLater);
  EXPECT_EQ(error.retry_after, std::chrono::seconds(120));
}

TEST_F(Discovery, FollowsFewRedirectsOnly) {  // metadata-redirect-bounded: the transport enforces the number
  expect_discovery();
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().front().max_redirects, 3);
}

TEST_F(Discovery, IsKeptForAnHour) {
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  clock_.advance(std::chrono::minutes(59));
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));

  clock_.advance(std::chrono::minutes(2));
  expect_discovery();  // metadata-refetched-after-change
  expect_token(200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, IsSkippedWhenTheEndpointsAreConfigured) {
  auto known = config();
  known.endpoints = {.authorization = "https://as.example/a", .token = "https://as.example/t"};
  manager_.add_provider("mock", std::move(known));
  http_.expect("POST", "https://as.example/t", 200, tokens());

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(Discovery, RefusesAnEndpointThatSetsOurParameters) {  // CH-AZ-09
  auto document = metadata();
  document.set("authorization_endpoint", "https://as.example/authorize?state=theirs");
  expect_discovery(document);

  expect_no_browser("metadata.endpoint_query");
}

}  // namespace
}  // namespace mimir::oauth::testing
