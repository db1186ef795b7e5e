// Pushed authorization requests and request objects (RFC 9126, RFC 9101, JARM).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

std::string uri_of(const HttpResponse& response) { return text_at(response, "request_uri"); }

/// A realm with a client that signs its requests.
struct SigningClient {
  Engine engine;
  Key key = *Key::generate(JwsAlgorithm::ES256, "k1");
  Json claims = Json::object({{"iss", "signer"}, {"aud", engine.realm().issuer()}, {"exp", 1'800'000'300}});

  explicit SigningClient(bool required = false) {
    ClientRegistration client{.client_id = "signer", .redirect_uris = {"http://127.0.0.1/callback"}};
    client.jwks = Json::object({{"keys", Json::array({*key.public_jwk()})}});
    client.require_signed_request_object = required;
    engine.realm().add_client(client);
    const auto request = Engine::authorization_request();
    for (const auto& [name, value] : request.pairs()) claims.set(name, Json(value));
    claims.set("client_id", Json("signer"));
  }
  std::string object() const { return sign_by(key, claims, "oauth-authz-req+jwt"); }
  HttpResponse ask(const std::string& object, std::initializer_list<Parameters::Pair> more = {}) {
    Parameters parameters{{"client_id", "signer"}, {"redirect_uri", std::string(kRedirect)}, {"request", object}};
    for (const auto& [name, value] : more) parameters.set(name, value);
    return engine.authorize(parameters);
  }
  std::string error(const std::string& object) { return location_of(ask(object)).one("error").value_or(""); }
};

TEST(ParCreated, NamesUriAndLife) {
  Engine engine;
  const auto response = engine.push();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(body_of(response).int_at("expires_in"), 60);

  const auto answer = location_of(engine.authorize_pushed(uri_of(response)));
  EXPECT_EQ(answer.one("state"), "xyz");
  EXPECT_EQ(engine.redeem(answer.one("code").value_or("")).status, 200);
}

TEST(ParAuthenticates, AConfidentialClientHasTo) {
  Engine engine;
  Parameters request{{"response_type", "code"}, {"client_id", "web"},
                     {"redirect_uri", "https://web.example/cb?tenant=1"}};
  expect_error(engine.post("/par", request), 401, "invalid_client");
  EXPECT_EQ(engine.post("/par", request, basic("web", "s3cret:/+ &=%")).status, 201);
}

TEST(ParValidatesEarly, WhatIsWrongIsSaidAtOnce) {
  Engine engine;
  expect_error(engine.push({{"scope", "root"}}), 400, "invalid_scope");
  expect_error(engine.push({{"redirect_uri", "https://evil.example/"}}), 400, "invalid_request", "redirect_uri");
  expect_error(engine.push({{"code_challenge", ""}, {"code_challenge_method", ""}}), 400, "invalid_request",
               "code_challenge");
  expect_error(engine.push({{"code_challenge_method", "S999"}}), 400, "invalid_request", "code_challenge_method");
  expect_error(engine.push({{"response_type", "banana"}}), 400, "unsupported_response_type");
}

TEST(ParRefusesRequestUri, Always) {
  Engine engine;
  expect_error(engine.push({{"request_uri", uri_of(engine.push())}}), 400, "invalid_request", "request_uri");
}

TEST(ParPostOnly, GetIs405) {
  Engine engine;
  const auto response = engine.get("/par?" + Engine::authorization_request().encode());
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("Allow"), "POST");
}

TEST(ParTooLarge, Is413) {
  Engine engine;
  EXPECT_EQ(engine.push({{"state", std::string(70'000, 'x')}}).status, 413);
  EXPECT_EQ(engine.push({{"state", std::string(1000, 'x')}}).status, 201);
}

TEST(ParBoundToClient, AnotherOneIsTold) {
  Engine engine;
  const auto uri = uri_of(engine.push());
  const auto response = engine.authorize_pushed(uri, "other");
  EXPECT_EQ(response.status, 400);
  EXPECT_FALSE(response.header("Location"));
  EXPECT_TRUE(location_of(engine.authorize_pushed(uri)).one("code"));
}

TEST(ParExpires, ByTheClock) {
  Engine engine;
  const auto uri = uri_of(engine.push());
  engine.advance(60s - 1ms);
  const auto in_time = uri_of(engine.push());
  EXPECT_TRUE(location_of(engine.authorize_pushed(uri)).one("code"));
  engine.advance(60s);
  EXPECT_FALSE(engine.authorize_pushed(in_time).header("Location"));
  EXPECT_EQ(engine.last().error, "invalid_request_uri");
}

TEST(ParSingleUse, TheSecondTimeIsRefused) {
  Engine engine;
  const auto uri = uri_of(engine.push());
  engine.realm().decide(UserDecision::Abandon);
  EXPECT_FALSE(engine.authorize_pushed(uri).header("Location"));
  engine.realm().decide(UserDecision::Approve);
  EXPECT_TRUE(location_of(engine.authorize_pushed(uri)).one("code"));
  EXPECT_FALSE(engine.authorize_pushed(uri).header("Location"));
  EXPECT_EQ(engine.last().clause, "RFC 9126 §7.3");
}

TEST(ParRequestUriUnguessable, LongAndNeverTheSame) {
  Engine engine;
  const auto uri = uri_of(engine.push());
  EXPECT_EQ(uri.rfind("urn:ietf:params:oauth:request_uri:", 0), 0u);
  EXPECT_GE(uri.size(), 34u + 43u);
  EXPECT_NE(uri, uri_of(engine.push()));
}

TEST(ParRequiredEnforced, ByServerAndByClient) {
  Engine server(plain_but({{"authorize.require_pushed", true}}));
  EXPECT_EQ(location_of(server.authorize_but({})).one("error"), "invalid_request");
  EXPECT_TRUE(location_of(server.authorize_pushed(uri_of(server.push()))).one("code"));
  EXPECT_EQ(body_of(server.get("/.well-known/oauth-authorization-server"))
                .bool_at("require_pushed_authorization_requests"), true);

  Engine engine;
  engine.realm().add_client({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"},
                             .require_pushed_authorization_requests = true});
  EXPECT_EQ(location_of(engine.authorize_but({})).one("error"), "invalid_request");
  EXPECT_TRUE(location_of(engine.authorize_pushed(uri_of(engine.push()))).one("code"));
}

TEST(ParBoundToKey, NotWithoutTheExtension) {
  Engine engine(plain_but({{"extensions", Json::array({"iss_param"})}}));
  EXPECT_EQ(engine.push().status, 404);
  EXPECT_EQ(location_of(engine.authorize_but({{"request_uri", "urn:ietf:params:oauth:request_uri:x"}})).one("error"),
            "request_uri_not_supported");
  EXPECT_EQ(location_of(engine.authorize_but({{"request", "a.b.c"}})).one("error"), "request_not_supported");
}

TEST(JarOutsideParametersIgnored, TheObjectCounts) {
  SigningClient signer;
  const auto answer = location_of(signer.ask(signer.object(), {{"scope", "api.write"}, {"state", "outside"}}));
  EXPECT_EQ(answer.one("state"), "xyz");
  const auto tokens = signer.engine.redeem_but(answer.one("code").value_or(""), {{"client_id", "signer"}});
  EXPECT_EQ(text_at(tokens, "scope"), "openid api.read offline_access");
}

TEST(JarClientIdMismatch, IsRefused) {
  SigningClient signer;
  EXPECT_EQ(signer.error(signer.object()), "");
  signer.claims.set("client_id", Json("app"));
  EXPECT_EQ(signer.error(signer.object()), "invalid_request_object");
  signer.claims.erase("client_id");
  EXPECT_EQ(signer.error(signer.object()), "invalid_request_object");
}

TEST(JarSignature, WrongKeyNoneAndSharedSecretAreRefused) {
  SigningClient signer;
  const auto stranger = *Key::generate(JwsAlgorithm::ES256, "k1");
  EXPECT_EQ(signer.error(sign_by(stranger, signer.claims, "oauth-authz-req+jwt")), "invalid_request_object");
  const auto unsigned_object = mimir::codec::base64url_encode(R"({"alg":"none"})") + "." +
                               mimir::codec::base64url_encode(signer.claims.dump()) + ".";
  EXPECT_EQ(signer.error(unsigned_object), "invalid_request_object");
  const auto secret = *Key::from_secret(signer.key.public_jwk()->dump());
  EXPECT_EQ(signer.error(*mimir::codec::jws_sign(Json::object({{"alg", "HS256"}}), signer.claims.dump(), secret)),
            "invalid_request_object");
  EXPECT_EQ(signer.error(sign_by(signer.key, signer.claims, "at+jwt")), "invalid_request_object");
  EXPECT_EQ(signer.error("garbage"), "invalid_request_object");
  EXPECT_EQ(signer.error(signer.object()), "");
}

TEST(JarSignature, IsDemandedByRegistration) {
  SigningClient signer(true);
  EXPECT_EQ(location_of(signer.engine.authorize_but({{"client_id", "signer"}})).one("error"), "invalid_request");
  expect_error(signer.engine.push({{"client_id", "signer"}}), 400, "invalid_request", "signed request object");
  EXPECT_EQ(signer.error(signer.object()), "");
  const auto pushed = signer.engine.post("/par", {{"client_id", "signer"}, {"request", signer.object()}});
  EXPECT_TRUE(location_of(signer.engine.authorize_pushed(uri_of(pushed), "signer")).one("code"));
}

TEST(JarBothForms, AreRefused) {
  SigningClient signer;
  const auto answer = location_of(signer.ask(signer.object(), {{"request_uri", uri_of(signer.engine.push())}}));
  EXPECT_EQ(answer.one("error"), "invalid_request");
}

TEST(JarExpired, IsRefused) {
  SigningClient signer;
  const auto object = signer.object();
  signer.engine.advance(300s - 1ms);
  EXPECT_EQ(signer.error(object), "");
  signer.engine.advance(1ms);
  EXPECT_EQ(signer.error(object), "invalid_request_object");
}

TEST(JarClaims, AudienceIssuerAndNestingCount) {
  for (const auto& [name, value] : {std::pair{"aud", "https://other.example"}, {"iss", "app"}, {"nbf", "soon"},
                                    {"request", "a.b.c"}, {"request_uri", "urn:x"}}) {
    SigningClient signer;
    signer.claims.set(name, Json(value));
    EXPECT_EQ(signer.error(signer.object()), "invalid_request_object") << name;
  }
}

TEST(Jarm, TheAnswerIsSigned) {
  Engine engine;
  const auto answer = location_of(engine.authorize_but({{"response_mode", "jwt"}}));
  const auto claims = claims_of(answer.one("response").value_or(""));
  EXPECT_EQ(answer.pairs().size(), 1u);
  EXPECT_EQ(claims.string_at("iss"), engine.realm().issuer());
  EXPECT_EQ(claims.string_at("aud"), "app");
  EXPECT_EQ(claims.int_at("exp"), 1'800'000'600);
  EXPECT_EQ(claims.string_at("state"), "xyz");
  EXPECT_EQ(engine.redeem(claims.string_at("code").value_or("")).status, 200);

  const auto refused = location_of(engine.authorize_but({{"response_mode", "fragment.jwt"}, {"scope", "root"}}));
  EXPECT_EQ(claims_of(refused.one("response").value_or("")).string_at("error"), "invalid_scope");
}

}  // namespace
}  // namespace mockoauth::server::testing
