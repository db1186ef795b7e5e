// Resource indicators, rich requests, step-up, metadata and JWT checks at the resource (RFC 8707, 9396, 9470, 9728, 9068).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kOwn = "http://127.0.0.1:4321/resource";
constexpr const char* kCalendar = "http://127.0.0.1:4321/resource/calendar";

std::string challenge_of(const HttpResponse& response) { return response.header("WWW-Authenticate").value_or(""); }
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

HttpResponse use_at(Engine& engine, const char* path, const Json& tokens) {
  return engine.get(path, bearer(text_at(tokens, "access_token")));
}

TEST(ResourceUnknownRefused, AsInvalidTarget) {
  Engine engine;
  EXPECT_EQ(location_of(engine.authorize_but({{"resource", "https://other.example/"}})).one("error"), "invalid_target");
  EXPECT_TRUE(location_of(engine.authorize_but({{"resource", kOwn}})).one("code"));
  Engine without(plain_but({{"extensions", Json::array()}}));
  EXPECT_TRUE(location_of(without.authorize_but({{"resource", "https://other.example/"}})).one("code"));
}

TEST(ResourceFragmentRefused, AndRelativeOnes) {
  for (const std::string& resource : {std::string(kOwn) + "#x", std::string("/resource"), std::string("resource")}) {
    Engine engine;
    EXPECT_EQ(location_of(engine.authorize_but({{"resource", resource}})).one("error"), "invalid_target") << resource;
  }
}

TEST(ResourceRestrictsAudience, ToWhatWasAskedFor) {
  Engine engine;
  const auto calendar = engine.login({{"resource", kCalendar}});
  EXPECT_EQ(use_at(engine, "/resource/calendar", calendar).status, 200);
  EXPECT_EQ(use_at(engine, "/resource", calendar).status, 401);
  const auto usual = engine.login();
  EXPECT_EQ(use_at(engine, "/resource", usual).status, 200);
  EXPECT_EQ(use_at(engine, "/resource/calendar", usual).status, 401);

  auto both = Engine::authorization_request();
  both.add("resource", kOwn);
  both.add("resource", kCalendar);
  const auto tokens = body_of(engine.redeem(location_of(engine.authorize(both)).one("code").value_or("")));
  EXPECT_EQ(use_at(engine, "/resource", tokens).status, 200);
  EXPECT_EQ(use_at(engine, "/resource/calendar", tokens).status, 200);
}

TEST(ResourceNotWidenedAtToken, IsInvalidTarget) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code({{"resource", kOwn}}), {{"resource", kCalendar}}), 400, "invalid_target");
  EXPECT_EQ(engine.redeem_but(engine.code({{"resource", kOwn}}), {{"resource", kOwn}}).status, 200);
}

TEST(RsAudience, ATokenForAnotherResourceIs401) {
  Engine engine;
  const auto response = use_at(engine, "/resource", engine.login({{"resource", kCalendar}}));
  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(holds(challenge_of(response), "error=\"invalid_token\""));
  EXPECT_TRUE(holds(engine.last().reason, "for another resource"));
}

TEST(RarUnknownTypeRefused, AndMissingMembersAndWrongForms) {
  for (const char* details : {"{", "{}", "[]", "[1]", R"([{"actions":["x"]}])", R"([{"type":"banana"}])",
                              R"([{"type":"payment_initiation","instructedAmount":"1"}])",
                              R"([{"type":"payment_initiation","instructedAmount":"1","creditorName":"x","banana":1}])",
                              R"([{"type":"payment_initiation","instructedAmount":"1","creditorName":"x","actions":"y"}])",
                              R"([{"type":"payment_initiation","instructedAmount":"1","creditorName":"x","actions":["y"]}])"}) {
    Engine engine;
    EXPECT_EQ(location_of(engine.authorize_but({{"authorization_details", details}})).one("error"),
              "invalid_authorization_details") << details;
  }
}

TEST(RarGrantedReturned, InTheTokenResponseAndAtTheResource) {
  Engine engine;
  const char* details = R"([{"type":"payment_initiation","actions":["initiate"],"instructedAmount":"1","creditorName":"x"}])";
  const auto tokens = engine.login({{"authorization_details", details}});
  ASSERT_NE(tokens.find("authorization_details"), nullptr);
  EXPECT_EQ(*tokens.find("authorization_details"), *Json::parse(details));
  EXPECT_EQ(*body_of(use_at(engine, "/resource", tokens)).find("authorization_details"), *Json::parse(details));
}

TEST(RsInsufficientScope, OfAPathNamesTheScope) {
  Engine engine;
  const auto response = use_at(engine, "/resource/write", engine.login());
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(holds(challenge_of(response), "error=\"insufficient_scope\"")) << challenge_of(response);
  EXPECT_TRUE(holds(challenge_of(response), "scope=\"api.write\""));
  EXPECT_EQ(use_at(engine, "/resource/write", engine.login({{"scope", "api.write"}})).status, 200);
}

TEST(RsUnknownPath, Is404) {
  Engine engine;
  EXPECT_EQ(use_at(engine, "/resource/nothing", engine.login()).status, 404);
}

TEST(RsStepUpChallenge, NamesWhatIsNeeded) {
  Engine engine;
  const auto weak = use_at(engine, "/resource/payments", engine.login());
  EXPECT_EQ(weak.status, 401);
  EXPECT_TRUE(holds(challenge_of(weak), "error=\"insufficient_user_authentication\"")) << challenge_of(weak);
  EXPECT_TRUE(holds(challenge_of(weak), "acr_values=\"mfa phr\""));
  EXPECT_TRUE(holds(challenge_of(weak), "max_age=\"300\""));

  const auto strong = engine.login({{"acr_values", "mfa phr"}, {"max_age", "300"}});
  EXPECT_EQ(use_at(engine, "/resource/payments", strong).status, 200);
  engine.advance(301s);
  EXPECT_EQ(use_at(engine, "/resource/payments", strong).status, 401);
}

TEST(RsMetadataDocument, NamesTheResourceIdentically) {
  Engine engine;
  const auto response = engine.get("/.well-known/oauth-protected-resource/resource");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  const auto document = body_of(response);
  EXPECT_EQ(document.string_at("resource"), kOwn);
  EXPECT_EQ(*document.find("authorization_servers"), Json::array({engine.realm().issuer()}));
  EXPECT_EQ(*document.find("scopes_supported"), Json::array({"api.write"}));
  const auto other = body_of(engine.get("/.well-known/oauth-protected-resource/resource/calendar"));
  EXPECT_EQ(other.string_at("resource"), kCalendar);
  EXPECT_EQ(other.find("scopes_supported"), nullptr);
  EXPECT_EQ(engine.get("/.well-known/oauth-protected-resource/resource/write").status, 404);
  EXPECT_EQ(engine.get("/.well-known/oauth-protected-resource").status, 404);
}

TEST(RsMetadataInChallenge, LeadsToTheDocument) {
  Engine engine;
  const auto challenge = challenge_of(engine.get("/resource/calendar"));
  const std::string_view name = "resource_metadata=\"http://127.0.0.1:4321";
  const auto start = challenge.find(name);
  ASSERT_NE(start, std::string::npos) << challenge;
  const auto path = challenge.substr(start + name.size(), challenge.find('"', start + name.size()) - start - name.size());
  EXPECT_EQ(body_of(engine.get(path)).string_at("resource"), kCalendar);
}

/// Claims of an access token that is right in everything (RFC 9068 §2.2).
Json right_claims(Engine& engine) {
  return Json::object({{"iss", Json(engine.realm().issuer())}, {"sub", "ada"}, {"aud", kOwn}, {"client_id", "app"},
                       {"exp", 1'800'000'100}, {"iat", 1'800'000'000}, {"jti", "j"}, {"scope", "api.read"}});
}

HttpResponse use_claims(Engine& engine, const Json& claims, std::string_view typ = "at+jwt") {
  return engine.use(*engine.realm().keys().sign(claims, "RS256", typ));
}

TEST(RsJwtSignature, NoneAndHmacWithThePublicKeyAreRefused) {
  Engine engine;
  EXPECT_EQ(use_claims(engine, right_claims(engine)).status, 200);
  const auto payload = right_claims(engine).dump();
  const auto header = mimir::codec::base64url_encode(R"({"alg":"none","typ":"at+jwt"})");
  EXPECT_EQ(engine.use(header + "." + mimir::codec::base64url_encode(payload) + ".").status, 401);
  const auto jwks = body_of(engine.get("/jwks"));
  const auto& published = jwks.find("keys")->as_array()->front();
  const auto secret = *mimir::codec::Key::from_secret(published.dump());
  const Json hs = Json::object({{"alg", "HS256"}, {"typ", "at+jwt"}, {"kid", *published.find("kid")}});
  EXPECT_EQ(engine.use(*mimir::codec::jws_sign(hs, payload, secret)).status, 401);
}

TEST(RsJwtType, AnIdTokenInItsPlaceIs401) {
  Engine engine;
  const auto response = use_claims(engine, right_claims(engine), "JWT");
  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(holds(engine.last().reason, "typ"));
  EXPECT_EQ(engine.use(text_at(engine.login(), "id_token")).status, 401);
}

TEST(RsJwtIssuerAndExpiry, AndAudienceAndClaimsCount) {
  Engine engine;
  for (const auto& [name, value] : {Json::Member{"iss", "https://other.example"}, {"exp", 1'800'000'000},
                                    {"exp", "soon"}, {"aud", "https://other.example"}}) {
    auto claims = right_claims(engine);
    claims.set(name, value);
    EXPECT_EQ(use_claims(engine, claims).status, 401) << name;
  }
  for (const char* name : {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"}) {
    auto claims = right_claims(engine);
    claims.erase(name);
    EXPECT_EQ(use_claims(engine, claims).status, 401) << name;
  }
}

TEST(RsResponseNotCached, NeverStored) {
  Engine engine;
  EXPECT_EQ(use_at(engine, "/resource", engine.login()).header("Cache-Control"), "no-store");
  EXPECT_EQ(engine.get("/resource").header("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace mockoauth::server::testing
