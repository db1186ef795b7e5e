// Faults of JWTs: what is wrong with each, and that nothing else is.
#include <gmock/gmock.h>

#include <mimir/codec/jwk.hpp>

#include "tests/faults/provocation.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Jws;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;
using ::testing::HasSubstr;

constexpr std::int64_t kNow = 1'800'000'000;

struct Struck {
  Engine engine;
  std::string text;
  Jws jws;
  Json claims;

  explicit Struck(const std::string& rule, std::string_view member = "id_token", Profile profile = fault_profile())
      : engine(std::move(profile)) {
    const auto request = prepare(engine, "token");
    add_rule(engine, rule.c_str());
    text = text_at(request(), member);
    auto read = Jws::parse(text);
    EXPECT_TRUE(read) << text;
    if (read) jws = *read;
    claims = Json::parse(jws.payload).value_or(Json());
  }
  bool verifies() { return engine.realm().keys().verifies(jws, engine.realm().clock().now()); }
};

std::string named(std::string_view fault, std::string_view arguments = "{}") {
  return R"({"fault":")" + std::string(fault) + R"(","arguments":)" + std::string(arguments) + "}";
}

TEST(FaultJwt, WithoutOneIsRight) {
  Struck jwt(named("behave"));
  EXPECT_TRUE(jwt.verifies());
  EXPECT_EQ(text_at(jwt.claims, "aud"), "app");
}

TEST(FaultJwt, AlgNoneHasNoSignature) {
  Struck jwt(named("jwt.alg_none"));
  EXPECT_EQ(text_at(jwt.jws.header, "alg"), "none");
  EXPECT_TRUE(jwt.jws.signature.empty());
  EXPECT_TRUE(jwt.text.ends_with('.'));
  EXPECT_EQ(text_at(jwt.claims, "aud"), "app");
}

TEST(FaultJwt, KeyConfusionVerifiesWithThePemOfThePublicKey) {
  Struck jwt(named("jwt.key_confusion"));
  EXPECT_EQ(text_at(jwt.jws.header, "alg"), "HS256");
  const auto jwks = *Json::parse(jwt.engine.realm().keys().jwks(jwt.engine.realm().clock().now()));
  bool found = false;
  for (const auto& item : *jwks.find("keys")->as_array()) {
    const auto key = Key::from_jwk(item);
    ASSERT_TRUE(key);
    const JwsAlgorithm allowed[] = {JwsAlgorithm::HS256};
    found = found || mimir::codec::jws_verify(jwt.jws, *Key::from_secret(*key->public_pem()), allowed).has_value();
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(jwt.verifies());
}

TEST(FaultJwt, ASignatureIsWrongAndTheRestIsNot) {
  for (const char* fault : {"jwt.bad_signature", "jwt.other_key"}) {
    Struck jwt(named(fault));
    EXPECT_FALSE(jwt.verifies()) << fault;
    EXPECT_EQ(text_at(jwt.jws.header, "alg"), "RS256");
    EXPECT_EQ(jwt.jws.signature.size(), 256u);
    EXPECT_EQ(text_at(jwt.claims, "aud"), "app");
  }
}

TEST(FaultJwt, OfAnotherKeyIsSignedEvenWhereEveryTestKeyIsPublished) {
  Struck jwt(named("jwt.other_key"), "id_token", fault_profile({{"id_token.alg", "ES384"}}));
  EXPECT_FALSE(jwt.verifies());
  EXPECT_EQ(text_at(jwt.jws.header, "alg"), "ES384");
}

TEST(FaultJwt, AHeaderIsWrongAndTheSignatureIsRight) {
  Struck kid(named("jwt.unknown_kid"));
  EXPECT_FALSE(kid.verifies());
  EXPECT_EQ(text_at(kid.jws.header, "kid"), "not-in-the-key-set");
  kid.jws.header.erase("kid");
  EXPECT_TRUE(kid.verifies()) << "the signature is that of a published key";

  Struck crit(named("jwt.crit"));
  EXPECT_FALSE(crit.verifies());
  crit.jws.header.erase("crit");
  EXPECT_TRUE(crit.verifies());
}

TEST(FaultJwt, AClaimIsWrongAndTheSignatureIsRight) {
  struct Case {
    const char* fault;
    const char* claim;
    Json value;
  };
  const Case cases[] = {
      {"jwt.wrong_aud", "aud", "another-client"},     {"jwt.wrong_iss", "iss", "https://attacker.example"},
      {"jwt.wrong_nonce", "nonce", "of-somebody-else"}, {"jwt.wrong_azp", "azp", "another-client"},
      {"jwt.wrong_sub", "sub", "somebody-else"},      {"jwt.expired", "exp", Json(kNow - 3600)},
      {"jwt.not_yet_valid", "nbf", Json(kNow + 3600)}, {"jwt.future_iat", "iat", Json(kNow + 3600)},
      {"jwt.wrong_at_hash", "at_hash", "d3JvbmcgYXQgaGFzaA"},
  };
  for (const auto& one : cases) {
    Struck jwt(named(one.fault));
    EXPECT_TRUE(jwt.verifies()) << one.fault;
    ASSERT_NE(jwt.claims.find(one.claim), nullptr) << one.fault;
    EXPECT_EQ(*jwt.claims.find(one.claim), one.value) << one.fault;
  }
  EXPECT_EQ(text_at(Struck(named("jwt.wrong_aud", R"({"value":"x"})")).claims, "aud"), "x");
  EXPECT_EQ(Struck(named("jwt.expired", R"({"by_s":1})")).claims.int_at("exp"), kNow - 1);
}

TEST(FaultJwtEdit, PatchesHeaderAndClaimsAndSignsAsItIsTold) {
  Struck jwt(named("jwt.edit", R"({"header":[{"op":"remove","path":"/kid"}],
    "claims":[{"op":"replace","path":"/aud","value":["app","b"]},{"op":"remove","path":"/exp"}]})"));
  EXPECT_TRUE(jwt.verifies());
  EXPECT_EQ(jwt.jws.header.find("kid"), nullptr);
  EXPECT_EQ(jwt.claims.find("aud")->dump(), R"(["app","b"])");
  EXPECT_EQ(jwt.claims.find("exp"), nullptr);
  EXPECT_FALSE(Struck(named("jwt.edit", R"({"signature":"broken"})")).verifies());
  EXPECT_TRUE(Struck(named("jwt.edit", R"({"signature":"none"})")).jws.signature.empty());
}

TEST(FaultJwtEdit, IsRefusedWithThePlaceOfWhatIsWrong) {
  const auto rule = parse_fault_rule(*Json::parse(named("jwt.edit", R"({"claims":[{"op":"add","path":"/a"}]})")));
  ASSERT_FALSE(rule);
  EXPECT_EQ(rule.error().pointer, "/arguments/claims/0");
}

TEST(FaultJwt, ChangesAnAccessTokenThatIsOne) {
  Struck jwt(named("jwt.expired", R"({"token":"access_token"})"), "access_token",
             fault_profile({{"access.format", "jwt"}}));
  EXPECT_EQ(text_at(jwt.jws.header, "typ"), "at+jwt");
  EXPECT_EQ(jwt.claims.int_at("exp"), kNow - 3600);
  EXPECT_TRUE(jwt.verifies());
}

TEST(FaultJwt, OfTwoRulesForOneAnswerEachGetsItsToken) {
  Engine engine(fault_profile({{"access.format", "jwt"}}));
  const auto request = prepare(engine, "token");
  add_rule(engine, named("jwt.wrong_aud", R"({"token":"access_token"})").c_str());
  add_rule(engine, named("jwt.wrong_aud").c_str());
  const auto answer = request();
  EXPECT_EQ(text_at(claims_of(text_at(answer, "access_token")), "aud"), "another-client");
  EXPECT_EQ(text_at(claims_of(text_at(answer, "id_token")), "aud"), "another-client");
  EXPECT_EQ(engine.last().faults.size(), 2u);
}

// Whose login it is stands in the same tables that tokens are put into.
TEST(FaultJwt, StrikesTheTokensOfOnePerson) {
  for (const char* user : {"ada", "bob"}) {
    Engine engine(fault_profile({{"access.format", "jwt"}}));
    engine.realm().choose_user(user);
    add_rule(engine, R"({"fault":"jwt.wrong_aud","when":{"user":"ada"},"times":0})");
    add_rule(engine, R"({"fault":"jwt.wrong_iss","when":{"user":"ada"},"arguments":{"token":"access_token"},"times":0})");
    const auto tokens = engine.login();
    const bool is_struck = std::string(user) == "ada";
    EXPECT_EQ(text_at(claims_of(text_at(tokens, "id_token")), "aud"), is_struck ? "another-client" : "app");
    EXPECT_EQ(text_at(claims_of(text_at(tokens, "access_token")), "iss") == "https://attacker.example", is_struck);
    EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
  }
}

TEST(FaultJwt, IsKeptForAnAnswerWithThatToken) {
  Engine engine(fault_profile({{"access.format", "opaque"}}));
  add_rule(engine, named("jwt.expired", R"({"token":"access_token"})").c_str());
  add_rule(engine, named("jwt.wrong_nonce").c_str());
  engine.login();
  const auto states = engine.realm().faults();
  EXPECT_EQ(states[0].fired, 0);
  EXPECT_THAT(states[0].missed, HasSubstr("is no access_token"));
  EXPECT_EQ(states[1].fired, 0);
  EXPECT_EQ(states[1].missed, "the id_token has no nonce");
}

TEST(FaultJwt, ChangesSignedUserinfoAndAuthorizationResponses) {
  Engine engine(fault_profile({{"extensions", Json::array({"jarm"})}}));
  add_rule(engine, named("jwt.wrong_iss", R"({"token":"response"})").c_str());
  const auto back = location_of(engine.authorize_but({{"response_mode", "jwt"}})).one("response").value_or("");
  EXPECT_EQ(text_at(claims_of(back), "iss"), "https://attacker.example");

  ClientRegistration client{.client_id = "signed", .redirect_uris = {"http://127.0.0.1/callback"}};
  client.metadata = Json::object({{"userinfo_signed_response_alg", "RS256"}});
  engine.realm().add_client(client);
  const auto code = engine.code({{"client_id", "signed"}});
  const auto access = text_at(engine.redeem_but(code, {{"client_id", "signed"}}), "access_token");
  add_rule(engine, named("jwt.wrong_sub", R"({"token":"userinfo"})").c_str());
  EXPECT_EQ(text_at(claims_of(engine.get("/userinfo", bearer(access)).body), "sub"), "somebody-else");
}

}  // namespace
}  // namespace mockoauth::server::testing
