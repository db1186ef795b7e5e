// Tokens bound to a key by DPoP: at the authorization server.
#include "tests/requirements/dpop_fixture.hpp"
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

void no_proof(const HttpResponse& answer) { refused(answer, 400, "invalid_dpop_proof"); }

REQUIREMENT(dpop_token_bound) {
  DpopKey key(server);
  const auto answer = server.redeem_but(server.code(), {}, key.proof());
  granted(answer);
  EXPECT_EQ(text_at(answer, "token_type"), "DPoP");
  EXPECT_EQ(server.get("/resource", key.use(text_at(answer, "access_token"))).status, 200);
  EXPECT_EQ(text_at(server.login(), "token_type"), "Bearer");

  Engine jwt(plain_but({{"access.format", "jwt"}}));
  DpopKey other(jwt);
  const auto claims = claims_of(access_of(bound_login(jwt, other)));
  ASSERT_NE(claims.find("cnf"), nullptr);
  EXPECT_EQ(claims.find("cnf")->string_at("jkt"), other.thumbprint());
  EXPECT_EQ(claims_of(access_of(jwt.login())).find("cnf"), nullptr);
}

REQUIREMENT(dpop_proof_type) {
  DpopKey key(server);
  const auto code = server.code();
  for (const char* type : {"JWT", "at+jwt", ""}) {
    auto header = key.header();
    header.set("typ", type);
    no_proof(server.redeem_but(code, {}, key.sign(header, key.claims())));
  }
  auto header = key.header();
  header.erase("typ");
  no_proof(server.redeem_but(code, {}, key.sign(header, key.claims())));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_proof_algorithm) {
  DpopKey key(server);
  const auto code = server.code();
  auto header = key.header();
  header.set("alg", "none");
  const auto none = mimir::codec::base64url_encode(header.dump()) + "." +
                    mimir::codec::base64url_encode(key.claims().dump()) + ".";
  no_proof(server.redeem_but(code, {}, {{"DPoP", none}}));

  const std::string bytes(32, 's');
  header.set("alg", "HS256");
  header.set("jwk", Json::object({{"kty", "oct"}, {"k", Json(mimir::codec::base64url_encode(bytes))}}));
  const auto symmetric = mimir::codec::jws_sign(header, key.claims().dump(), *mimir::codec::Key::from_secret(bytes));
  ASSERT_TRUE(symmetric);
  no_proof(server.redeem_but(code, {}, {{"DPoP", *symmetric}}));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_proof_signature) {
  DpopKey key(server);
  DpopKey other(server);
  const auto code = server.code();
  no_proof(server.redeem_but(code, {}, key.sign(other.header(), key.claims())));
  // RFC 7517 appendix A.2: a whole key, private part and all, that signs its own proof.
  const auto whole = *Json::parse(R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"})");
  const auto pair = mimir::codec::Key::from_jwk(whole);
  ASSERT_TRUE(pair);
  auto header = key.header();
  header.set("jwk", whole);
  no_proof(server.redeem_but(code, {}, {{"DPoP", *mimir::codec::jws_sign(header, key.claims().dump(), *pair)}}));
  header.set("jwk", *pair->public_jwk());
  granted(server.redeem_but(server.code(), {}, {{"DPoP", *mimir::codec::jws_sign(header, key.claims().dump(), *pair)}}));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_proof_method_and_url) {
  DpopKey key(server);
  const auto code = server.code();
  for (const char* method : {"GET", "post", ""}) no_proof(server.redeem_but(code, {}, key.proof_but("htm", method)));
  for (const char* url : {"http://127.0.0.1:4321/resource", "http://127.0.0.1:4322/token", "/token", "",
                          "http://localhost:4321/token", "https://127.0.0.1:4321/token"}) {
    no_proof(server.redeem_but(code, {}, key.proof_but("htu", url)));
  }
  // §4.3: query and fragment do not count.
  granted(server.redeem_but(code, {}, key.proof_but("htu", "http://127.0.0.1:4321/token?a=b#c")));
}

REQUIREMENT(dpop_proof_time) {
  DpopKey key(server);
  const auto code = server.code();
  constexpr std::int64_t kNow = 1'800'000'000;
  for (const std::int64_t away : {-3600, 3600}) {
    no_proof(server.redeem_but(code, {}, key.proof_but("iat", kNow + away)));
  }
  granted(server.redeem_but(code, {}, key.proof_but("iat", kNow - 10)));
  granted(server.redeem_but(server.code(), {}, key.proof_but("iat", kNow + 10)));
}

REQUIREMENT(dpop_proof_claims_missing) {
  DpopKey key(server);
  const auto code = server.code();
  for (const char* name : {"jti", "htm", "htu", "iat"}) no_proof(server.redeem_but(code, {}, key.proof_but(name, {})));
  auto header = key.header();
  header.erase("jwk");
  no_proof(server.redeem_but(code, {}, key.sign(header, key.claims())));
  no_proof(server.redeem_but(code, {}, {{"DPoP", "no.proof.at all"}}));
  no_proof(server.redeem_but(code, {}, {{"DPoP", ""}}));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_two_headers) {
  DpopKey key(server);
  const auto code = server.code();
  auto twice = key.proof();
  twice.push_back(key.proof().front());
  no_proof(server.redeem_but(code, {}, twice));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_proof_replayed) {
  DpopKey key(server);
  const auto proof = key.proof();
  granted(server.redeem_but(server.code(), {}, proof));
  const auto code = server.code();
  no_proof(server.redeem_but(code, {}, proof));
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_nonce_demanded) {
  Engine strict(plain_but({{"dpop.nonce", "required"}}));
  DpopKey key(strict);
  const auto code = strict.code();
  const auto answer = strict.redeem_but(code, {}, key.proof());
  refused(answer, 400, "use_dpop_nonce");
  const auto nonce = answer.header("DPoP-Nonce").value_or("");
  EXPECT_GE(nonce.size(), 16u);
  refused(strict.redeem_but(code, {}, key.proof_but("nonce", Json("not-" + nonce))), 400, "use_dpop_nonce");
  granted(strict.redeem_but(code, {}, key.proof_but("nonce", Json(nonce))));
}

REQUIREMENT(dpop_refresh_bound) {
  DpopKey key(server);
  DpopKey other(server);
  const Parameters form{{"grant_type", "refresh_token"}, {"client_id", "app"},
                        {"refresh_token", refresh_of(bound_login(server, key))}};
  refused(token(form, other.proof()), 400, "invalid_grant");
  refused(token(form), 400, "invalid_grant");
  granted(token(form, key.proof()));
}

REQUIREMENT(dpop_code_bound) {
  DpopKey key(server);
  DpopKey other(server);
  const auto code = server.code({{"dpop_jkt", key.thumbprint()}});
  refused(server.redeem_but(code, {}, other.proof()), 400, "invalid_grant");
  refused(server.redeem(code), 400, "invalid_grant");
  granted(server.redeem_but(code, {}, key.proof()));
}

REQUIREMENT(dpop_par_bound) {
  DpopKey key(server);
  DpopKey other(server);
  const auto pushed = server.push({}, key.proof("POST", "/par"));
  EXPECT_EQ(pushed.status, 201) << pushed.body;
  const auto answer = server.authorize_pushed(text_at(pushed, "request_uri"));
  const auto code = location_of(answer).one("code").value_or("");
  refused(server.redeem_but(code, {}, other.proof()), 400, "invalid_grant");
  refused(server.redeem(code), 400, "invalid_grant");
  granted(server.redeem_but(code, {}, key.proof()));

  no_proof(server.push({{"dpop_jkt", other.thumbprint()}}, key.proof("POST", "/par")));
  EXPECT_EQ(server.push({{"dpop_jkt", key.thumbprint()}}, key.proof("POST", "/par")).status, 201);
}

REQUIREMENT(dpop_required_by_registration) {
  server.realm().add_client({.client_id = "bound",
                             .redirect_uris = {"http://127.0.0.1/callback"},
                             .dpop_bound_access_tokens = true});
  DpopKey key(server);
  const auto code = server.code({{"client_id", "bound"}});
  no_proof(server.redeem_but(code, {{"client_id", "bound"}}));
  granted(server.redeem_but(code, {{"client_id", "bound"}}, key.proof()));
}

}  // namespace
}  // namespace mockoauth::server::testing
