// Access tokens that are JWTs, and the resource that takes them.
#include <mimir/codec/jws.hpp>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::base64url_encode;
using mimir::codec::Jws;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

class JwtServer : public Engine {
 public:
  JwtServer() : Engine(plain_but({{"access.format", "jwt"}})), token(access_of(login())) {
    EXPECT_EQ(use(token).status, 200);
  }
  std::string token;
};

// The same token with another claim, rightly signed by the server.
std::string changed(Engine& server, const std::string& jwt, std::string_view name, const Json& value) {
  auto claims = claims_of(jwt);
  claims.set(name, value);
  return server.realm().keys().sign(claims, "RS256", "at+jwt").value_or("");
}

REQUIREMENT(rs_jwt_signature) {
  JwtServer jwt;
  const auto jws = Jws::parse(jwt.token);
  ASSERT_TRUE(jws);
  const auto signature = jwt.token.substr(jwt.token.rfind('.'));
  auto eve = claims_of(jwt.token);
  eve.set("sub", "eve");
  challenged(jwt.use(base64url_encode(jws->header.dump()) + "." + base64url_encode(eve.dump()) + signature), 401,
             "invalid_token");

  const Json none = Json::object({{"alg", "none"}, {"typ", "at+jwt"}});
  challenged(jwt.use(base64url_encode(none.dump()) + "." + base64url_encode(jws->payload) + "."), 401, "invalid_token");

  const auto published = body_of(jwt.get("/jwks")).dump();
  const auto secret = Key::from_secret(published);
  ASSERT_TRUE(secret);
  const Json hmac = Json::object({{"alg", "HS256"}, {"typ", "at+jwt"}, {"kid", text_at(jws->header, "kid")}});
  const auto confused = mimir::codec::jws_sign(hmac, jws->payload, *secret);
  ASSERT_TRUE(confused);
  challenged(jwt.use(*confused), 401, "invalid_token");
  EXPECT_EQ(jwt.use(jwt.token).status, 200);
}

REQUIREMENT(rs_jwt_type) {
  JwtServer jwt;
  const auto tokens = jwt.login();
  challenged(jwt.use(id_token_of(tokens)), 401, "invalid_token");
  EXPECT_EQ(jwt.use(access_of(tokens)).status, 200);
}

REQUIREMENT(rs_jwt_issuer_and_expiry) {
  JwtServer jwt;
  challenged(jwt.use(changed(jwt, jwt.token, "iss", "https://other.example")), 401, "invalid_token");
  jwt.advance(3599s);
  EXPECT_EQ(jwt.use(jwt.token).status, 200);
  jwt.advance(1s);
  challenged(jwt.use(jwt.token), 401, "invalid_token");
  challenged(jwt.use(changed(jwt, access_of(jwt.login()), "exp", Json(1'800'003'600))), 401, "invalid_token");
}

REQUIREMENT(at_jwt_type) {
  JwtServer jwt;
  const auto jws = Jws::parse(jwt.token);
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->header.string_at("typ"), "at+jwt");
  EXPECT_NE(Jws::parse(id_token_of(jwt.login()))->header.string_at("typ"), "at+jwt");
}

REQUIREMENT(at_jwt_claims) {
  JwtServer jwt;
  const auto claims = claims_of(jwt.token);
  EXPECT_EQ(claims.string_at("iss"), jwt.realm().issuer());
  EXPECT_EQ(claims.string_at("aud"), jwt.realm().resource_url());
  EXPECT_EQ(claims.string_at("sub"), "ada");
  EXPECT_EQ(claims.string_at("client_id"), "app");
  EXPECT_FALSE(claims.string_at("jti").value_or("").empty());
  EXPECT_EQ(claims.int_at("iat"), 1'800'000'000);
  EXPECT_EQ(claims.int_at("exp"), 1'800'003'600);
  EXPECT_NE(claims.string_at("jti"), claims_of(access_of(jwt.login())).string_at("jti"));
}

REQUIREMENT(at_jwt_signed) {
  JwtServer jwt;
  EXPECT_TRUE(signed_by_server(jwt, jwt.token));
  EXPECT_NE(Jws::parse(jwt.token)->header.string_at("alg"), "none");
  auto altered = jwt.token;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(signed_by_server(jwt, altered));
}

}  // namespace
}  // namespace mockoauth::server::testing
