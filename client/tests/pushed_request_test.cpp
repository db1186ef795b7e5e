// Pushed authorization requests (RFC 9126), resource indicators (RFC 8707), extra parameters.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto kPar = "https://as.example/par";

class PushedRequest : public LoginTest {
 protected:
  PushedRequest() { manager_.add_provider("mock", config()); }

  void offer(bool required = true) {
    auto document = metadata();
    document.set("pushed_authorization_request_endpoint", kPar);
    if (required) document.set("require_pushed_authorization_requests", true);
    expect_discovery(document);
  }
  void expect_push(const std::string& handle = "urn:x:1") {
    http_.expect("POST", kPar, 201, codec::Json::object({{"request_uri", handle}, {"expires_in", 60}}).dump());
  }
  codec::Parameters front_channel() { return *codec::Parameters::parse(*codec::Url::parse(user_.opened.back())->query()); }
};

TEST_F(PushedRequest, PushesWhenRequired) {  // par-used-when-required, par-no-request-uri-inside, par-front-channel-minimal
  offer();
  expect_push("urn:x:a+b&c");
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  const auto pushed = http_.requests()[1].form;
  EXPECT_EQ(pushed.one("client_id"), "cli");
  EXPECT_EQ(pushed.one("code_challenge_method"), "S256");
  EXPECT_EQ(pushed.one("redirect_uri"), "http://127.0.0.1:49152/callback");
  EXPECT_EQ(pushed.one("state"), user_.listened.back().state.expose());
  EXPECT_EQ(pushed.count("request_uri"), 0U);
  EXPECT_EQ(front_channel(), (codec::Parameters{{"client_id", "cli"}, {"request_uri", "urn:x:a+b&c"}}));
}

TEST_F(PushedRequest, EveryLoginPushesAnew) {  // par-request-uri-once, par-expired-repushed
  offer();
  expect_push("urn:x:1");
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  expect_push("urn:x:2");
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(front_channel().one("request_uri"), "urn:x:2");
}

TEST_F(PushedRequest, ConfidentialClientAuthenticates) {  // par-authenticated
  auto confidential = config();
  confidential.client_secret = Secret("s3cret");
  manager_.add_provider("mock", std::move(confidential));
  offer();
  expect_push();
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests()[1].header("Authorization"), "Basic Y2xpOnMzY3JldA==");
  EXPECT_EQ(http_.requests()[1].form.one("client_id"), "cli");  // RFC 9126 §2.1 with RFC 6749 §4.1.1: required
}

TEST_F(PushedRequest, RefusalIsNoReasonToUseTheFrontChannel) {  // par-error-no-downgrade, CH-AZ-14
  struct Refusal {
    int status;
    const char* body;
    const char* type;
    const char* code;
  };
  for (const auto& [status, body, type, code] :
       {Refusal{400, R"({"error":"invalid_request"})", "application/json", "invalid_request"},
        Refusal{405, "", "text/plain", "token.unexpected_status"}, Refusal{413, "", "text/plain", "token.unexpected_status"},
        Refusal{429, "", "text/plain", "token.rate_limited"}, Refusal{503, "", "text/plain", "token.unavailable"},
        Refusal{200, "<html>", "text/html", "token.html"}, Refusal{307, "", "text/plain", "token.redirected"}}) {
    offer();
    const bool passes = status == 429 || status == 503;
    for (int i = 0; i < (passes ? 3 : 1); ++i) http_.expect("POST", kPar, status, body, type);

    const auto result = manager_.initiate_flow("mock");

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
    EXPECT_TRUE(user_.opened.empty());
    clock_.advance(std::chrono::hours(2));
  }
}

TEST_F(PushedRequest, AnswerWithoutAHandleIsRefused) {  // par-response-incomplete
  for (const auto* body : {"{}", R"({"request_uri":""})", R"({"request_uri":7})", "[]"}) {
    offer();
    http_.expect("POST", kPar, 201, body);

    const auto result = manager_.initiate_flow("mock");

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "par.malformed");
    EXPECT_TRUE(user_.opened.empty());
    clock_.advance(std::chrono::hours(2));
  }
}

TEST_F(PushedRequest, RequiredButNowhereIsNamed) {
  auto document = metadata();
  document.set("require_pushed_authorization_requests", true);
  expect_discovery(document);

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("pushed_authorization_request_endpoint"), std::string::npos);
}

TEST_F(PushedRequest, OfferedIsUsedOnlyWhenConfigured) {
  offer(/*required=*/false);
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  EXPECT_EQ(front_channel().count("request_uri"), 0U);

  auto pushing = config();
  pushing.pushes_authorization = true;
  manager_.add_provider("mock", std::move(pushing));
  expect_push();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  EXPECT_EQ(front_channel().count("request_uri"), 1U);
}

TEST_F(PushedRequest, InsecureEndpointGetsNothing) {
  auto document = metadata();
  document.set("pushed_authorization_request_endpoint", "http://as.example/par");
  document.set("require_pushed_authorization_requests", true);
  expect_discovery(document);

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "metadata.endpoint_insecure");
}

TEST_F(PushedRequest, ResourcesGoIntoAllThreeRequests) {  // resource-indicator-sent, CH-AZ-18
  auto resourceful = config();
  resourceful.resources = {"https://api.example/a", "https://api.example/b?c=d"};
  manager_.add_provider("mock", std::move(resourceful));
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  expect_token(200, tokens("access-2", "refresh-2"));
  ASSERT_TRUE(manager_.refresh_token("mock"));

  const auto values = [](const codec::Parameters& parameters) {
    std::vector<std::string> found;
    for (const auto& [name, value] : parameters.pairs()) {
      if (name == "resource") found.push_back(value);
    }
    return found;
  };
  const std::vector<std::string> both{"https://api.example/a", "https://api.example/b?c=d"};
  EXPECT_EQ(values(front_channel()), both);
  EXPECT_EQ(values(http_.requests()[1].form), both);
  EXPECT_EQ(values(http_.requests()[2].form), both);
}

TEST_F(PushedRequest, ResourcesMustBeAbsoluteWithoutFragment) {  // resource-indicator-form
  for (const auto* resource : {"api", "/api", "https://api.example/#part"}) {
    auto wrong = config();
    wrong.resources = {resource};
    manager_.add_provider("mock", std::move(wrong));

    const auto result = manager_.initiate_flow("mock");

    ASSERT_FALSE(result) << resource;
    EXPECT_EQ(result.error().code, "config.resource");
  }
}

TEST_F(PushedRequest, InvalidTargetIsReportedAndNotWeakened) {  // resource-indicator-invalid-target
  auto resourceful = config();
  resourceful.resources = {"https://api.example/a"};
  manager_.add_provider("mock", std::move(resourceful));
  expect_discovery();
  expect_token(400, R"({"error":"invalid_target"})");

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "invalid_target");
  EXPECT_EQ(result.error().category, Category::Misconfigured);
}

TEST_F(PushedRequest, ExtraParametersAreSentButReplaceNothing) {  // CH-AZ-09
  auto extra = config({"a&state=x"});
  extra.authorization_parameters = {{"prompt", "consent"}, {"audience", "a&b=c"}};
  manager_.add_provider("mock", std::move(extra));
  expect_discovery();
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  EXPECT_EQ(front_channel().one("prompt"), "consent");
  EXPECT_EQ(front_channel().one("audience"), "a&b=c");
  EXPECT_EQ(front_channel().one("scope"), "a&state=x");
  EXPECT_EQ(front_channel().count("state"), 1U);

  for (const auto* name : {"state", "redirect_uri", "code_challenge", "response_type", "client_secret", ""}) {
    auto wrong = config();
    wrong.authorization_parameters = {{name, "x"}};
    manager_.add_provider("mock", std::move(wrong));
    const auto result = manager_.initiate_flow("mock");
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().code, "config.parameter");
  }
}

}  // namespace
}  // namespace mimir::oauth::testing
