// Protected resource metadata, RFC 9728. Names in comments are those of the requirements catalogue.
#include <mimir/oauth/configuration.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kApi = "https://api.example/v1/mail";
constexpr auto* kWellKnown = "https://api.example/.well-known/oauth-protected-resource/v1/mail";

class ResourceDiscovery : public LoginTest {
 protected:
  void challenge(const std::string& text, const char* url = kApi) {
    http_.expect("GET", url, [=](const auto&) { return answer(401, "", "text/plain", {{"WWW-Authenticate", text}}); });
  }
  static std::string document(const codec::Json& servers, const std::string& resource = kApi) {
    return codec::Json::object({{"resource", resource},
                                {"authorization_servers", servers},
                                {"scopes_supported", codec::Json::array({"mail.read", "mail.send"})},
                                {"x_unknown", codec::Json::array({1, 2})}})
        .dump();
  }
  static codec::Json one(const std::string& issuer = "https://as.example") { return codec::Json::array({issuer}); }
  std::string failure(const char* url = kApi) {
    const auto result = manager_.discover_resource(url);
    return result ? "none" : result.error().code;
  }
};

TEST_F(ResourceDiscovery, AsksWhereTheChallengePoints) {  // resource-metadata-from-challenge, …-unknown-members-ignored
  challenge(R"(Bearer resource_metadata="https://api.example/about", scope="mail.read mail.read")");
  http_.expect("GET", "https://api.example/about", 200, document(one()));

  const auto result = manager_.discover_resource(kApi);

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->authorization_servers, std::vector<std::string>{"https://as.example"});
  EXPECT_EQ(result->scopes, std::vector<std::string>{"mail.read"});
  for (const auto& request : http_.requests()) EXPECT_EQ(request.header("Authorization"), "");
}

TEST_F(ResourceDiscovery, ElseAtTheWellKnownPlace) {  // resource-metadata-well-known-path
  challenge("Bearer");
  http_.expect("GET", kWellKnown, 200, document(one()));

  const auto result = manager_.discover_resource(kApi);

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->scopes, (std::vector<std::string>{"mail.read", "mail.send"}));
}

/// A resource names issuers, and somebody logs in there.
class StrangeIssuer : public ResourceDiscovery {
 protected:
  void discover(const std::string& issuer = std::string(kIssuer)) {
    challenge("Bearer");
    http_.expect("GET", kWellKnown, 200, document(one(issuer)));
    ASSERT_TRUE(manager_.discover_resource(kApi));
  }
  void expect_login() {
    expect_discovery();
    expect_token(200, tokens());
  }
};

TEST_F(StrangeIssuer, NobodyLogsInThereBeforeAPersonHasConfirmedIt) {  // CH-OI-02
  discover();
  manager_.add_provider("mock", config());

  for (const auto& result : {manager_.initiate_flow("mock"), manager_.device_login("mock"),
                             manager_.step_up("mock", {.scopes = {"more"}})}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "issuer.unconfirmed");
    EXPECT_EQ(result.error().category, Category::Misconfigured);
    EXPECT_EQ(result.error().message, "A resource named the issuer https://as.example, and nobody has confirmed that it is "
                                      "the right one to log in at.");
    EXPECT_NE(result.error().hint.find("confirm_issuer"), std::string::npos);
  }
  EXPECT_TRUE(user_.opened.empty());
  manager_.confirm_issuer("https://other.example");
  EXPECT_FALSE(manager_.initiate_flow("mock"));

  manager_.confirm_issuer(std::string(kIssuer));
  expect_login();
  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(StrangeIssuer, OnceIsEnough) {  // CH-OI-02: a login of it is stored
  store_login();
  discover();
  manager_.add_provider("mock", config());
  expect_login();

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(StrangeIssuer, OneThatWasConfiguredBeforeIsNoStranger) {  // CH-OI-02
  manager_.add_provider("mock", config());
  discover();
  expect_login();

  EXPECT_TRUE(manager_.initiate_flow("mock"));
}

TEST_F(StrangeIssuer, NorIsOneThatIsKnownBeforehand) {  // CH-OI-02
  auto google = Configuration::definition("google");
  ASSERT_TRUE(google);
  discover(google->issuer);
  google->client_id = "cli";
  manager_.add_provider("mock", std::move(*google));
  for (const auto* place : {"oauth-authorization-server", "openid-configuration"}) {
    http_.expect("GET", std::string("https://accounts.google.com/.well-known/") + place, 404, "");
  }

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "metadata.absent");  // and so it was asked
}

TEST_F(ResourceDiscovery, DescriptionOfAnotherResourceIsRefused) {  // resource-metadata-mismatch-rejected
  for (const auto* other : {"https://evil.example/v1/mail", "https://api.example/v1/mail/", "https://api.example", ""}) {
    challenge("Bearer");
    http_.expect("GET", kWellKnown, 200, document(one(), other));
    EXPECT_EQ(failure(), "resource.mismatch") << other;
  }
}

TEST_F(ResourceDiscovery, NoServerIsGuessed) {  // resource-metadata-no-servers
  for (const auto& servers : {codec::Json::array(), codec::Json("https://as.example"), codec::Json::array({7})}) {
    challenge("Bearer");
    http_.expect("GET", kWellKnown, 200, document(servers));
    EXPECT_EQ(failure(), "resource.no_servers");
  }
  challenge("Bearer");
  http_.expect("GET", kWellKnown, 404, "");
  EXPECT_EQ(failure(), "resource.metadata_absent");
}

TEST_F(ResourceDiscovery, StrangersDoNotSendUsIntoThisNetwork) {  // metadata-address-from-stranger-refused
  for (const auto* issuer : {"https://169.254.169.254", "https://10.0.0.1", "https://192.168.1.1", "https://172.16.0.1",
                             "https://127.0.0.1:8443", "https://localhost", "https://[::1]", "https://[fe80::1]",
                             "https://[fd00::1]", "https://[::ffff:10.0.0.1]", "http://127.0.0.1:8080"}) {
    challenge("Bearer");
    http_.expect("GET", kWellKnown, 200, document(one(issuer)));
    EXPECT_EQ(failure(), "resource.server_internal") << issuer;
  }
  challenge(R"(Bearer resource_metadata="https://169.254.169.254/latest")");
  EXPECT_EQ(failure(), "resource.metadata_url");
  challenge(R"(Bearer resource_metadata="http://api.example/about")");
  EXPECT_EQ(failure(), "resource.metadata_url");
  challenge("Bearer");
  http_.expect("GET", kWellKnown, 200, document(one("http://as.example")));
  EXPECT_EQ(failure(), "resource.server_url");
}

TEST_F(ResourceDiscovery, LocalResourceMayHaveALocalServer) {
  constexpr auto* kLocal = "http://127.0.0.1:9000/";
  challenge("DPoP", kLocal);
  http_.expect("GET", "http://127.0.0.1:9000/.well-known/oauth-protected-resource", 200,
               document(one("http://127.0.0.1:9001"), kLocal));

  EXPECT_EQ(failure(kLocal), "none");
}

TEST_F(ResourceDiscovery, PlainHttpElsewhereIsNotAsked) {
  EXPECT_EQ(failure("http://api.example/v1/mail"), "http.insecure_url");
}

}  // namespace
}  // namespace mimir::oauth::testing
