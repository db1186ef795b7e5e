// A client id that is the address of a document: draft-ietf-oauth-client-id-metadata-document.
#include "registration_fixture.hpp"

#include "internal/client_id_document.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr const char* kDocument = "https://tool.example/oauth/client.json";

class ClientIdDocument : public RegistrationTest {
 protected:
  ClientIdDocument() { manager_.add_provider("mock", config_with(kDocument)); }

  static OAuthConfig config_with(const std::string& client_id) {
    auto config = LoginTest::config();
    config.client_id = client_id;
    return config;
  }
  static codec::Json metadata_with(bool takes_documents) {
    auto document = open_metadata();
    document.set("client_id_metadata_document_supported", takes_documents);
    return document;
  }
};

TEST_F(ClientIdDocument, IsUsedAsItIsWhereTheServerTakesIt) {
  expect_discovery(metadata_with(true));
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(client_id_shown(), kDocument);
  EXPECT_EQ(http_.requests().back().form.one("client_id"), kDocument);
  EXPECT_EQ(user_.listened.back().redirect_uri, config().redirect_uri);  // the document names it
}

TEST_F(ClientIdDocument, IsPreferredToARegistration) {
  auto config = config_with(kDocument);
  config.registration = RegistrationRequest{};
  manager_.add_provider("mock", std::move(config));
  expect_discovery(metadata_with(true));
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(registrations(), 0U);
}

TEST_F(ClientIdDocument, GivesWayToARegistrationWhereTheServerDoesNotTakeIt) {
  auto config = config_with(kDocument);
  config.registration = RegistrationRequest{};
  manager_.add_provider("mock", std::move(config));

  ASSERT_TRUE(log_in_registering(issued()));

  EXPECT_EQ(client_id_shown(), "issued-1");
  expect_token(200, tokens("access-2", "refresh-2"));
  EXPECT_TRUE(manager_.refresh_token("mock"));  // the stored login serves this configuration
}

TEST_F(ClientIdDocument, EndsBeforeTheBrowserWhereNothingIsLeft) {
  expect_discovery(metadata_with(false));

  const auto result = manager_.initiate_flow("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "config.client_id_document");
  EXPECT_EQ(result.error().category, Category::Misconfigured);
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(ClientIdDocument, WhetherItIsTakenIsAskedEvenWhereTheEndpointsAreKnown) {
  auto config = config_with(kDocument);
  config.endpoints.authorization = "https://as.example/authorize";
  config.endpoints.token = "https://as.example/token";
  manager_.add_provider("mock", std::move(config));
  expect_discovery(metadata_with(false));

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.client_id_document");
}

TEST_F(ClientIdDocument, HasAFormThatServersCompare) {
  for (const auto* bad : {"https://tool.example", "https://tool.example/", "https://tool.example/a#b",
                          "https://ada@tool.example/a", "https://tool.example/../a", "https://tool.example/a/.",
                          "https://tool.example/%2e%2E/a", "https://tool.example/.%2e", "https://tool.example/a?b",
                          "HTTPS://", "https://tool.example/a b"}) {
    manager_.add_provider("mock", config_with(bad));

    const auto result = manager_.initiate_flow("mock");

    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, "config.client_id_document") << bad;
  }
  for (const auto* good : {kDocument, "https://tool.example:8443/a..b/.c", "https://tool.example/%2Ea"}) {
    EXPECT_TRUE(internal::check_client_id_document(config_with(good))) << good;
  }
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(ClientIdDocument, HasNoSecret) {
  auto config = config_with(kDocument);
  config.client_secret = Secret("s");
  manager_.add_provider("mock", std::move(config));

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "config.client_id_document");
}

}  // namespace
}  // namespace mimir::oauth::testing
