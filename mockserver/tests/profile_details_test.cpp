// Knobs of the front channel, of the metadata and of the profile of the user that have no file of their own.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

const char* kManual = "https://provider.example/copy";

TEST(Ignored, TheJournalTellsWhatMeansNothingHere) {
  Engine server(plain_but({{"authorize.optional", Json::array({"audience"})}, {"authorize.required", Json::array({"owner=user"})}}));
  server.authorize_but({{"audience", "x"}, {"owner", "user"}, {"access_type", "offline"}, {"prompt", "consent"}});

  EXPECT_EQ(server.last().ignored, std::vector<std::string>{"access_type"});
  EXPECT_EQ(exchange_to_json(server.last()).find("ignored")->dump(), R"(["access_type"])");
}

TEST(ManualCode, ARuleSaysWhatIsCopied) {
  const Json rule = Json::object({{"when", Json::object({{"param", Json::object({{"code", "true"}})}})},
                                  {"then", Json::object({{"manual_code", "code#state"}})}});
  Engine server(plain_but({{"authorize.rules", Json::array({rule})},
                           {"authorize.manual_code", "code"},
                           {"redirect.manual_uris", Json::array({kManual})}}));

  EXPECT_EQ(server.authorize_but({{"redirect_uri", kManual}}).body.find("#xyz"), std::string::npos);
  EXPECT_NE(server.authorize_but({{"redirect_uri", kManual}, {"code", "true"}}).body.find("#xyz</code>"), std::string::npos);
  EXPECT_EQ(server.authorize_but({{"code", "true"}}).status, 303) << "a redirect that works is used";
}

TEST(ManualCode, WithoutARedirectWhereARuleExpectsIt) {
  const Json rule = Json::object({{"when", Json::object({{"param", Json::object({{"redirect_uri", "*absent"}})}})},
                                  {"then", Json::object({{"manual_code", "code"}})}});
  Engine server(plain_but({{"authorize.rules", Json::array({rule})}}));
  server.realm().add_client({.client_id = "one", .redirect_uris = {std::string(kRedirect)}});

  EXPECT_NE(server.authorize_but({{"client_id", "one"}, {"redirect_uri", ""}}).body.find("<code id=\"code\">"), std::string::npos);
}

TEST(ManualCode, APageMayBeAskedFor) {
  Engine server(plain_but({{"authorize.response_modes", Json::array({"query", "page"})}}));

  EXPECT_NE(server.authorize_but({{"response_mode", "page"}}).body.find("<code id=\"code\">"), std::string::npos);
  server.realm().decide(UserDecision::Deny);
  EXPECT_EQ(location_of(server.authorize_but({{"response_mode", "page"}})).one("error"), "access_denied");
  EXPECT_EQ(location_of(Engine().authorize_but({{"response_mode", "page"}})).one("error"), "invalid_request");
}

TEST(Userinfo, APrivateApiHasABodyOfItsOwn) {
  Engine server(plain_but({{"userinfo.style", "json_api"},
                           {"userinfo.shape", Json::object({{"login", "{user.sub}"}, {"mail", "{user.email}"}})},
                           {"userinfo.headers", Json::object({{"X-Version", "*"}})}}));
  const auto token = text_at(server.login({{"scope", "api.read"}}), "access_token");
  auto headers = bearer(token);

  EXPECT_EQ(server.get("/userinfo", headers).status, 400);
  headers.emplace_back("X-Version", "1");
  EXPECT_EQ(body_of(server.get("/userinfo", headers)), Json::object({{"login", "ada"}, {"mail", "ada@example.org"}}));
}

TEST(MetadataQuirks, EachIsInTheDocument) {
  const auto document_of = [](Json quirk, Json::Member more = {"pkce.mode", "required_public"}) {
    Engine server(plain_but({{"discovery.quirks", Json::array({std::move(quirk)})}, std::move(more), {"device.style", "rfc8628"}}));
    return body_of(server.get("/.well-known/openid-configuration"));
  };

  EXPECT_EQ(document_of("no_device").find("device_authorization_endpoint"), nullptr);
  EXPECT_NE(document_of("no_userinfo").find("device_authorization_endpoint"), nullptr);
  EXPECT_EQ(document_of("partial_scopes").find("scopes_supported")->as_array()->size(), 3U);
  EXPECT_EQ(document_of("trailing_slash").string_at("issuer"), "http://127.0.0.1:4321/");
}

TEST(MetadataQuirks, AnIssuerWithAPlaceholderIsFoundElsewhere) {
  Engine server(*Profile::find("entra"));
  const auto document = body_of(server.get("/common/v2.0/.well-known/openid-configuration"));

  EXPECT_EQ(document.string_at("issuer"), "http://127.0.0.1:4321/{tenantid}/v2.0");
  EXPECT_EQ(server.realm().issuer(), "http://127.0.0.1:4321/{tenantid}/v2.0");
  EXPECT_EQ(server.realm().configured_issuer(), "http://127.0.0.1:4321/common/v2.0");
}

TEST(IdToken, AnIssuerOfTheProviderStandsOnLoopback) {
  const Json endpoints = Json::object({{"authorization", "https://login.provider.example/authorize"}});
  Engine server(plain_but({{"endpoints", endpoints}, {"id_token.issuer", "https://login.provider.example/{user.sub}/v2"}}));
  EXPECT_EQ(text_at(claims_of(text_at(server.login(), "id_token")), "iss"), "http://127.0.0.1:4321/ada/v2");
}

TEST(TokenResponse, ScopesThatAreGrantedAndNotTold) {
  Engine server(plain_but({{"response.scope_omits", Json::array({"offline_access"})}}));
  const auto tokens = server.login();

  EXPECT_EQ(text_at(tokens, "scope"), "openid api.read");
  EXPECT_FALSE(text_at(tokens, kRefresh).empty());
}

TEST(TokenParams, ARuleMayUseTheNameThatIsSent) {
  Engine server(plain_but({{"client.names", Json::object({{"redirect_uri", "redirectUri"}})},
                           {"token.params", Json::object({{"refresh_token", Json::array({"redirectUri"})}})}}));
  const auto refused = server.refresh("x");

  expect_error(refused, 400, "invalid_request", "redirectUri");
  expect_error(server.refresh("x", {{"redirectUri", std::string(kRedirect)}}), 400, "invalid_grant");
}

}  // namespace
}  // namespace mockoauth::server::testing
