// Metadata, keys and signed tokens (RFC 8414, OIDC Discovery, RFC 7517, RFC 9068, OIDC Core §2).
#include <gmock/gmock.h>

#include <mimir/codec/jws.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Jws;
using mimir::codec::JwsAlgorithm;

Json metadata(Engine& engine, const char* path = "/.well-known/oauth-authorization-server") {
  const auto response = engine.get(path);
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  return body_of(response);
}

// With the keys as a client would get them.
bool verifies(Engine& engine, const std::string& jwt, JwsAlgorithm algorithm) {
  const auto keys = mimir::codec::KeySet::from_jwks(body_of(engine.get("/jwks")));
  const auto jws = Jws::parse(jwt);
  if (!keys || !jws) return false;
  const auto* key = keys->find(jws->header.string_at("kid").value_or(""));
  const JwsAlgorithm allowed[] = {algorithm};
  return key != nullptr && mimir::codec::jws_verify(*jws, *key, allowed).has_value();
}

TEST(MetadataIssuerIdentical, InBothDocuments) {
  Engine engine;
  EXPECT_EQ(metadata(engine).string_at("issuer"), "http://127.0.0.1:4321");
  EXPECT_EQ(metadata(engine, "/.well-known/openid-configuration").string_at("issuer"), engine.realm().issuer());
}

TEST(MetadataRequiredMembers, NameEveryEndpointThatIsServed) {
  Engine engine;
  const auto document = metadata(engine);
  EXPECT_EQ(document.string_at("authorization_endpoint"), "http://127.0.0.1:4321/authorize");
  EXPECT_EQ(document.string_at("token_endpoint"), "http://127.0.0.1:4321/token");
  EXPECT_EQ(document.string_at("revocation_endpoint"), "http://127.0.0.1:4321/revoke");
  EXPECT_EQ(document.string_at("userinfo_endpoint"), "http://127.0.0.1:4321/userinfo");
  EXPECT_EQ(document.string_at("jwks_uri"), "http://127.0.0.1:4321/jwks");
  EXPECT_EQ(*document.find("response_types_supported"), Json::array({"code"}));
  EXPECT_EQ(document.string_at("device_authorization_endpoint"), "http://127.0.0.1:4321/device_authorization");
  // RFC 9700 §2.4: the password grant is not among them.
  std::vector<std::string> grants;
  for (const auto& grant : *document.find("grant_types_supported")->as_array()) grants.push_back(*grant.as_string());
  EXPECT_THAT(grants, ::testing::UnorderedElementsAre(
                          "authorization_code", "refresh_token", "client_credentials",
                          "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                          "urn:ietf:params:oauth:grant-type:token-exchange"));
  EXPECT_EQ(document.string_at("introspection_endpoint"), "http://127.0.0.1:4321/introspect");
  EXPECT_EQ(document.string_at("registration_endpoint"), "http://127.0.0.1:4321/register");
}

TEST(MetadataPkceAdvertised, AndIssAndNoNoneAlgorithm) {
  Engine engine;
  const auto document = metadata(engine, "/.well-known/openid-configuration");
  EXPECT_EQ(*document.find("code_challenge_methods_supported"), Json::array({"S256"}));
  EXPECT_EQ(document.bool_at("authorization_response_iss_parameter_supported"), true);
  EXPECT_EQ(*document.find("id_token_signing_alg_values_supported"), Json::array({"RS256"}));
}

TEST(MetadataTruthful, OnlyGrantsThatThisServerHas) {
  Engine engine(plain_but({{"grants",
                            Json::array({"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"})},
                           {"revocation.style", "none"},
                           {"extensions", Json::array()}}));
  const auto document = metadata(engine);
  EXPECT_EQ(*document.find("grant_types_supported"), Json::array({"authorization_code"}));
  EXPECT_EQ(document.find("revocation_endpoint"), nullptr);
  EXPECT_EQ(document.find("authorization_response_iss_parameter_supported"), nullptr);
  EXPECT_FALSE(location_of(engine.authorize_but({})).one("iss"));
}

TEST(MetadataNoEmptyLists, AreLeftOut) {
  Engine engine;
  const auto document = metadata(engine);
  for (const auto& [name, value] : *document.as_object()) {
    EXPECT_FALSE(value.is_array() && value.as_array()->empty()) << name;
  }
}

TEST(MetadataDocuments, AreServedByKnob) {
  Engine none(plain_but({{"discovery.documents", Json::array()}}));
  EXPECT_EQ(none.get("/.well-known/oauth-authorization-server").status, 404);
  EXPECT_EQ(none.get("/.well-known/openid-configuration").status, 404);
}

TEST(MetadataWellKnownPath, OfAnIssuerWithAPath) {
  Engine engine(plain_but({{"discovery.issuer", "https://login.example/{tenant}/v2.0"},
                           {"params", Json::object({{"tenant", "contoso"}})}}));
  EXPECT_EQ(engine.realm().issuer(), "http://127.0.0.1:4321/contoso/v2.0");
  EXPECT_EQ(metadata(engine, "/.well-known/oauth-authorization-server/contoso/v2.0").string_at("issuer"),
            engine.realm().issuer());
  EXPECT_EQ(metadata(engine, "/contoso/v2.0/.well-known/openid-configuration").string_at("issuer"),
            engine.realm().issuer());
}

TEST(MetadataEndpoints, TakeThePathsOfTheProfile) {
  Engine engine(plain_but({{"endpoints", Json::object({{"token", "https://oauth2.example/v1/tok"},
                                                       {"refresh", "https://oauth2.example/v1/again"}})}}));
  EXPECT_EQ(metadata(engine).string_at("token_endpoint"), "http://127.0.0.1:4321/v1/tok");
  EXPECT_EQ(engine.post("/token", {}).status, 404);
  EXPECT_EQ(engine.post("/v1/tok", {}).status, 400);
  EXPECT_EQ(engine.post("/v1/again", {}).status, 400);
}

TEST(JwksShape, DistinctKeyIdsAndNothingPrivate) {
  Engine engine;
  const auto jwks = body_of(engine.get("/jwks"));
  const auto* keys = jwks.find("keys")->as_array();
  ASSERT_EQ(keys->size(), 3u);
  EXPECT_NE(keys->at(0).string_at("kid"), keys->at(1).string_at("kid"));
  for (const auto& key : *keys) {
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"}) EXPECT_EQ(key.find(name), nullptr) << name;
    EXPECT_TRUE(key.string_at("kty"));
  }
}

TEST(OpIdtoken, HasItsClaimsAndVerifies) {
  Engine engine;
  const auto tokens = engine.login({{"nonce", "n-0S6_WzA2Mj"}});

  const auto id_token = text_at(tokens, "id_token");
  const auto claims = claims_of(id_token);

  EXPECT_TRUE(verifies(engine, id_token, JwsAlgorithm::RS256));
  EXPECT_EQ(claims.string_at("iss"), engine.realm().issuer());
  EXPECT_EQ(claims.string_at("aud"), "app");
  EXPECT_EQ(claims.string_at("sub"), "ada");
  EXPECT_EQ(claims.string_at("nonce"), "n-0S6_WzA2Mj");
  EXPECT_EQ(claims.int_at("iat"), 1'800'000'000);
  EXPECT_EQ(claims.int_at("exp"), 1'800'003'600);
  EXPECT_EQ(claims.int_at("auth_time"), 1'800'000'000);
  const auto digest = mimir::codec::sha256(text_at(tokens, "access_token"));
  EXPECT_EQ(claims.string_at("at_hash"), mimir::codec::base64url_encode(digest.substr(0, 16)));
}

TEST(OpIdtoken, IsSignedByTheAlgorithmOfTheKnob) {
  Engine es(plain_but({{"id_token.alg", "ES256"}}));
  Engine ed(plain_but({{"id_token.alg", "EdDSA"}}));
  EXPECT_TRUE(verifies(es, text_at(es.login(), "id_token"), JwsAlgorithm::ES256));
  EXPECT_TRUE(verifies(ed, text_at(ed.login(), "id_token"), JwsAlgorithm::EdDSA));
}

TEST(OpIdtoken, OnlyForAnOpenIdRequest) {
  Engine engine;
  Engine always(plain_but({{"id_token.issue", "always"}}));
  EXPECT_EQ(engine.login({{"scope", "api.read"}}).find("id_token"), nullptr);
  EXPECT_NE(always.login({{"scope", "api.read"}}).find("id_token"), nullptr);
}

TEST(OpIdtoken, ExtraClaimsByKnob) {
  Engine engine(plain_but({{"id_token.claims", Json::object({{"email_verified", true}, {"tid", "{user.sub}"}})},
                           {"id_token.string_booleans", Json::array({"email_verified"})},
                           {"id_token.issuer", "https://other.example"}}));
  const auto claims = claims_of(text_at(engine.login(), "id_token"));
  EXPECT_EQ(claims.string_at("email_verified"), "true");
  EXPECT_EQ(claims.string_at("tid"), "ada");
  EXPECT_EQ(claims.string_at("iss"), "https://other.example");
}

TEST(OpRefreshIdtoken, SameSubjectAndLoginButNewTime) {
  Engine engine;
  const auto login = engine.login({{"nonce", "n"}});
  engine.advance(60s);

  const auto claims = claims_of(text_at(engine.refresh(text_at(login, kRefresh)), "id_token"));

  EXPECT_EQ(claims.string_at("sub"), "ada");
  EXPECT_EQ(claims.int_at("iat"), 1'800'000'060);
  EXPECT_EQ(claims.int_at("auth_time"), 1'800'000'000);
  EXPECT_EQ(claims.find("nonce"), nullptr);
}

TEST(AtJwt, HasTypeClaimsAndSignature) {
  Engine engine(plain_but({{"access.format", "jwt"}, {"access.claims", Json::object({{"tid", "{user.sub}"}})}}));
  const auto token = text_at(engine.login(), "access_token");

  const auto claims = claims_of(token);

  EXPECT_EQ(Jws::parse(token)->header.string_at("typ"), "at+jwt");
  EXPECT_TRUE(verifies(engine, token, JwsAlgorithm::RS256));
  for (const char* name : {"iss", "exp", "aud", "sub", "client_id", "iat",
                           "jti"}) EXPECT_NE(claims.find(name), nullptr) << name;
  EXPECT_EQ(claims.string_at("aud"), engine.realm().resource_url());
  EXPECT_EQ(claims.string_at("tid"), "ada");
  EXPECT_EQ(engine.use(token).status, 200);
}

TEST(RsJwtSignature, AnAlteredTokenIsRefused) {
  Engine engine(plain_but({{"access.format", "jwt"}}));
  const auto token = text_at(engine.login(), "access_token");
  auto payload = claims_of(token);
  payload.set("sub", "eve");
  const auto first = token.find('.');
  const auto forged = token.substr(0, first + 1) + mimir::codec::base64url_encode(payload.dump()) +
      token.substr(token.rfind('.'));
  EXPECT_EQ(engine.use(forged).status, 401);
  EXPECT_EQ(engine.use(token).status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
