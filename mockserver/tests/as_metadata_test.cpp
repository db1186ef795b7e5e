// Metadata and keys, row by row (RFC 8414, OIDC Discovery, RFC 7517), and general conduct.
#include <set>

#include <mimir/codec/url.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kDocuments[] = {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"};

Json document_of(Engine& engine, const char* path = kDocuments[0]) { return body_of(engine.get(path)); }

bool names(const Json& document, std::string_view member, std::string_view value) {
  const Json* list = document.find(member);
  if (list == nullptr || !list->is_array()) return false;
  for (const auto& item : *list->as_array()) {
    if (item.as_string() != nullptr && *item.as_string() == value) return true;
  }
  return false;
}

std::string path_at(const Json& document, std::string_view member) {
  return text_at(document, member).substr(std::string_view("http://127.0.0.1:4321").size());
}

TEST(AsMetadataJson, IsAnObject) {
  for (const char* path : kDocuments) {
    Engine engine;
    const auto response = engine.get(path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    EXPECT_TRUE(body_of(response).is_object());
  }
}

TEST(AsMetadataIssuerIdentical, AndItsFormIsThatOfAnIssuer) {
  Engine engine;
  EXPECT_EQ(document_of(engine).string_at("issuer"), engine.realm().issuer());
  EXPECT_EQ(engine.realm().issuer().find_first_of("?#"), std::string::npos);
}

TEST(AsMetadataIssuerForm, IsAnUrlWithoutQueryAndFragment) {
  Engine engine;
  const auto url = mimir::codec::Url::parse(engine.realm().issuer());
  ASSERT_TRUE(url);
  EXPECT_FALSE(url->query());
  EXPECT_FALSE(url->fragment());
  EXPECT_TRUE(url->is_https() || url->is_loopback_literal());
}

TEST(AsMetadataWellKnownPath, IsBetweenHostAndPath) {
  Engine engine(plain_but({{"discovery.issuer", "https://login.example/tenant"}}));
  EXPECT_EQ(document_of(engine, "/.well-known/oauth-authorization-server/tenant").string_at("issuer"),
            engine.realm().issuer());
  EXPECT_EQ(engine.get("/tenant/.well-known/oauth-authorization-server").status, 404);
}

TEST(AsMetadataOpenidAppended, AndInsertedForNewerClients) {
  Engine engine(plain_but({{"discovery.issuer", "https://login.example/tenant"}}));
  for (const char* path : {"/tenant/.well-known/openid-configuration", "/.well-known/openid-configuration/tenant"}) {
    EXPECT_EQ(document_of(engine, path).string_at("issuer"), engine.realm().issuer()) << path;
  }
}

TEST(AsMetadataRequiredMembers, AreThere) {
  Engine engine;
  const auto document = document_of(engine);
  for (const char* member : {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint",
                             "end_session_endpoint", "pushed_authorization_request_endpoint"}) {
    EXPECT_TRUE(document.string_at(member)) << member;
  }
  for (const char* member : {"response_types_supported", "subject_types_supported",
                             "id_token_signing_alg_values_supported"}) {
    ASSERT_NE(document.find(member), nullptr) << member;
  }
}

TEST(AsMetadataNoEmptyLists, AreLeftOut) {
  Engine bare(plain_but({{"extensions", Json::array()}, {"pkce.mode", "ignored"}}));
  for (const Json document = document_of(bare); const auto& [name, value] : *document.as_object()) {
    EXPECT_FALSE(value.is_array() && value.as_array()->empty()) << name;
  }
  EXPECT_EQ(document_of(bare).find("code_challenge_methods_supported"), nullptr);
}

TEST(AsMetadataEndpointsTls, AreLoopbackOrHttpsWithoutFragment) {
  Engine engine;
  const auto document = document_of(engine);
  for (const auto& [name, value] : *document.as_object()) {
    if (!name.ends_with("_endpoint") && name != "jwks_uri") continue;
    const auto url = mimir::codec::Url::parse(*value.as_string());
    ASSERT_TRUE(url) << name;
    EXPECT_TRUE(url->is_https() || url->is_loopback_literal()) << name;
    EXPECT_FALSE(url->fragment()) << name;
  }
}

TEST(AsMetadataPkceAdvertised, HoldsS256AndNotPlain) {
  Engine engine;
  EXPECT_TRUE(names(document_of(engine), "code_challenge_methods_supported", "S256"));
  EXPECT_FALSE(names(document_of(engine), "code_challenge_methods_supported", "plain"));
}

TEST(AsMetadataIssAdvertised, ExactlyWhereItIsSent) {
  Engine with;
  Engine without(plain_but({{"extensions", Json::array()}}));
  EXPECT_EQ(document_of(with).bool_at("authorization_response_iss_parameter_supported"), true);
  EXPECT_EQ(location_of(with.authorize_but({})).one("iss"), document_of(with).string_at("issuer"));
  EXPECT_EQ(document_of(without).find("authorization_response_iss_parameter_supported"), nullptr);
  EXPECT_EQ(location_of(without.authorize_but({})).count("iss"), 0u);
}

TEST(AsMetadataNoNoneAlgorithm, InAnyList) {
  Engine engine;
  for (const Json document = document_of(engine); const auto& [name, value] : *document.as_object()) {
    if (name.find("_alg_values_supported") == std::string::npos) continue;
    ASSERT_TRUE(value.is_array()) << name;
    for (const auto& item : *value.as_array()) EXPECT_NE(*item.as_string(), "none") << name;
    if (!name.starts_with("dpop")) continue;
    for (const auto& item : *value.as_array()) EXPECT_FALSE(item.as_string()->starts_with("HS")) << name;
  }
}

TEST(AsMetadataTruthful, EachEndpointAnswers) {
  Engine engine;
  const auto document = document_of(engine);
  for (const auto& [name, value] : *document.as_object()) {
    if (!name.ends_with("_endpoint") && name != "jwks_uri") continue;
    const auto path = path_at(document, name);
    EXPECT_NE(engine.get(path).status, 404) << name;
    EXPECT_NE(engine.post(path, {}).status, 404) << name;
  }
}

TEST(AsMetadataTruthful, EachGrantIsKnown) {
  Engine engine;
  for (const Json document = document_of(engine);
       const auto& grant : *document.find("grant_types_supported")->as_array()) {
    const auto response = engine.post("/token", {{"grant_type", *grant.as_string()}, {"client_id", "app"}});
    EXPECT_NE(text_at(response, "error"), "unsupported_grant_type") << *grant.as_string();
  }
}

TEST(AsMetadataTruthful, EachResponseModeTypeScopeAcrAndPromptIsTaken) {
  Engine engine;
  const auto document = document_of(engine);
  const std::pair<const char*, const char*> lists[] = {{"response_modes_supported", "response_mode"},
                                                       {"response_types_supported", "response_type"},
                                                       {"scopes_supported", "scope"},
                                                       {"acr_values_supported", "acr_values"}};
  for (const auto& [member, parameter] : lists) {
    ASSERT_NE(document.find(member), nullptr) << member;
    for (const auto& value : *document.find(member)->as_array()) {
      const auto response = engine.authorize_but({{parameter, *value.as_string()}});
      EXPECT_LT(response.status, 400);
      EXPECT_EQ(location_of(response).count("error"), 0u) << parameter << " " << *value.as_string();
    }
  }
  const auto cookie = cookie_of(engine.authorize_but({}));
  for (const auto& value : *document.find("prompt_values_supported")->as_array()) {
    EXPECT_NE(location_of(engine.authorize_but({{"prompt", *value.as_string()}}, cookie)).one("error"),
              "invalid_request");
  }
}

TEST(AsMetadataNoRetiredGrants, NeitherPasswordNorImplicit) {
  Engine engine;
  const auto document = document_of(engine);
  EXPECT_FALSE(names(document, "grant_types_supported", "password"));
  EXPECT_FALSE(names(document, "grant_types_supported", "implicit"));
  for (const auto& type : *document.find("response_types_supported")->as_array()) {
    EXPECT_EQ(type.as_string()->find("token"), std::string::npos);
  }
}

TEST(AsJwksShape, IsASetOfKeys) {
  Engine engine;
  const auto jwks = body_of(engine.get(path_at(document_of(engine), "jwks_uri")));
  ASSERT_TRUE(jwks.find("keys") != nullptr && jwks.find("keys")->is_array());
  for (const auto& key : *jwks.find("keys")->as_array()) EXPECT_TRUE(key.string_at("kty"));
}

TEST(AsJwksNoPrivateMembers, NorSharedSecrets) {
  Engine engine;
  for (const Json jwks = body_of(engine.get("/jwks")); const auto& key : *jwks.find("keys")->as_array()) {
    EXPECT_NE(key.string_at("kty"), "oct");
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"}) EXPECT_EQ(key.find(name), nullptr) << name;
  }
}

TEST(AsJwksKeyIdsDistinct, AndThere) {
  Engine engine;
  std::set<std::string> ids;
  const auto jwks = body_of(engine.get("/jwks"));
  for (const auto& key : *jwks.find("keys")->as_array()) ids.insert(text_at(key, "kid"));
  EXPECT_EQ(ids.size(), jwks.find("keys")->as_array()->size());
  EXPECT_FALSE(ids.contains(""));
}

TEST(AsJwksKeyStrength, RsaHas2048BitsOrMore) {
  Engine engine;
  int rsa = 0;
  for (const Json jwks = body_of(engine.get("/jwks")); const auto& key : *jwks.find("keys")->as_array()) {
    if (key.string_at("kty") != "RSA") continue;
    ++rsa;
    EXPECT_GE(mimir::codec::base64url_decode(text_at(key, "n"))->size(), 256u);
  }
  EXPECT_GE(rsa, 1);
}

TEST(OpIdtokenVerifies, WithThePublishedKeys) {
  Engine engine;
  const auto jws = mimir::codec::Jws::parse(text_at(engine.login(), "id_token"));
  ASSERT_TRUE(jws);
  const auto keys = mimir::codec::KeySet::from_jwks(body_of(engine.get("/jwks")));
  const auto* key = keys->find(jws->header.string_at("kid").value_or(""));
  ASSERT_NE(key, nullptr);
  const mimir::codec::JwsAlgorithm allowed[] = {mimir::codec::JwsAlgorithm::RS256};
  EXPECT_TRUE(mimir::codec::jws_verify(*jws, *key, allowed));
}

TEST(OpIdtokenRequiredClaims, TimesAreNumbers) {
  Engine engine;
  const auto claims = claims_of(text_at(engine.login(), "id_token"));
  for (const char* name : {"iss", "sub", "aud"}) EXPECT_TRUE(claims.string_at(name)) << name;
  for (const char* name : {"exp", "iat", "auth_time"}) EXPECT_TRUE(claims.int_at(name)) << name;
}

TEST(ErrorsQuiet, NoSecretIsEchoed) {
  Engine engine;
  const std::string secret = "top-secret-value";
  for (const auto& response :
       {engine.post("/token", {{"grant_type", "authorization_code"}, {"client_id", "web"}, {"client_secret", secret}}),
        engine.post("/token", {{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", secret}}),
        engine.post("/par", {{"client_id", "web"}, {"client_secret", secret}}), engine.use(secret),
        engine.get("/authorize?client_id=app&code_challenge=" + secret)}) {
    EXPECT_GE(response.status, 400);
    EXPECT_EQ(response.body.find(secret), std::string::npos) << response.body;
    for (const auto& [name, value] : response.headers) EXPECT_EQ(value.find(secret), std::string::npos) << name;
  }
}

TEST(RequestSizeBounded, TheServerStaysUp) {
  Engine engine;
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(engine.get("/authorize?state=" + long_text).status, 400);
  EXPECT_EQ(engine.post("/token", {{"code", long_text}}).status, 413);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a" + std::to_string(i) + "=1&";
  EXPECT_EQ(engine.get("/authorize?" + many).status, 400);
  EXPECT_FALSE(engine.code().empty());
}

TEST(MethodErrors, Are405WithAllow) {
  Engine engine;
  const auto document = document_of(engine);
  for (const auto& [name, value] : *document.as_object()) {
    if (!name.ends_with("_endpoint") && name != "jwks_uri") continue;
    const auto response = engine.realm().handle({.method = "PATCH", .target = path_at(document, name)});
    EXPECT_EQ(response.status, 405) << name;
    EXPECT_TRUE(response.header("Allow")) << name;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
