// Introspection.
#include "tests/client_certificate.hpp"
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

HttpResponse introspect(Engine& server, const std::string& token, Headers headers = basic("web", kWebSecret)) {
  return server.post("/introspect", {{"token", token}}, std::move(headers));
}

void inactive(const HttpResponse& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(body_of(answer).bool_at("active"), false) << answer.body;
}

void active(const HttpResponse& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(body_of(answer).bool_at("active"), true) << answer.body;
}

REQUIREMENT(introspect_authorized_only) {
  const auto token = access_of(web_login());
  refused(introspect(server, token, {}), 401, "invalid_client");
  refused(introspect(server, token, basic("web", "wrong")), 401, "invalid_client");
  // A public client names itself and proves nothing.
  const auto own = access_of(server.login());
  refused(server.post("/introspect", {{"token", own}, {"client_id", "app"}}), 401, "invalid_client");
  // §4: another client's token is none of its business.
  inactive(introspect(server, own));
  active(introspect(server, token));
}

REQUIREMENT(introspect_active) {
  const auto tokens = web_login();
  const auto answer = introspect(server, access_of(tokens));
  active(answer);
  const auto body = body_of(answer);
  EXPECT_EQ(body.string_at("client_id"), "web");
  EXPECT_EQ(body.string_at("sub"), "ada");
  EXPECT_EQ(body.string_at("scope"), tokens.string_at("scope"));
  EXPECT_EQ(body.int_at("exp"), 1'800'003'600);
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  active(introspect(server, refresh_of(tokens)));
}

REQUIREMENT(introspect_unknown_inactive) {
  inactive(introspect(server, "no-such-token"));

  const auto revoked = web_login();
  for (const auto& token : {access_of(revoked), refresh_of(revoked)}) active(introspect(server, token));
  server.post("/revoke", {{"token", refresh_of(revoked)}}, basic("web", kWebSecret));
  for (const auto& token : {access_of(revoked), refresh_of(revoked)}) inactive(introspect(server, token));

  const auto expired = access_of(web_login());
  server.advance(3599s);
  active(introspect(server, expired));
  server.advance(1s);
  inactive(introspect(server, expired));
}

REQUIREMENT(introspect_inactive_silent) {
  const auto token = access_of(web_login());
  EXPECT_GT(body_of(introspect(server, token)).as_object()->size(), 1u);
  server.advance(1h);
  EXPECT_EQ(introspect(server, token).body, R"({"active":false})");
  EXPECT_EQ(introspect(server, "no-such-token").body, R"({"active":false})");
}

REQUIREMENT(introspect_post_only) {
  const auto token = access_of(web_login());
  const auto by_get = server.get("/introspect?token=" + token, basic("web", kWebSecret));
  EXPECT_EQ(by_get.status, 405);
  EXPECT_EQ(by_get.header("Allow"), "POST");
  // Nor is the token read from the URL of a POST, where logs would keep it.
  refused(server.post("/introspect?token=" + token, {}, basic("web", kWebSecret)), 400, "invalid_request");
  active(introspect(server, token));
}

// A proof for a POST to the token endpoint (RFC 9449 §4.2).
std::string dpop_proof(const mimir::codec::Key& key) {
  const Json header = Json::object({{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", *key.public_jwk()}});
  const Json claims = Json::object({{"jti", "j1"}, {"htm", "POST"}, {"htu", "http://127.0.0.1:4321/token"},
                                    {"iat", 1'800'000'000}});
  return mimir::codec::jws_sign(header, claims.dump(), key).value_or("");
}

Parameters form_of_web(const std::string& code) {
  auto form = Engine::code_request(code);
  form.remove("client_id");
  form.set("redirect_uri", std::string(kWebRedirect));
  return form;
}

REQUIREMENT(introspect_binding_shown) {
  const auto key = *mimir::codec::Key::generate(mimir::codec::JwsAlgorithm::ES256, "k1");
  auto headers = basic("web", kWebSecret);
  headers.emplace_back("DPoP", dpop_proof(key));
  const auto by_key = body_of(introspect(server, text_at(token(form_of_web(web_code()), headers), "access_token")));
  EXPECT_EQ(by_key.bool_at("active"), true) << by_key.dump();
  EXPECT_EQ(by_key.string_at("token_type"), "DPoP");
  ASSERT_NE(by_key.find("cnf"), nullptr) << by_key.dump();
  EXPECT_EQ(by_key.find("cnf")->string_at("jkt"), key.thumbprint().value_or("none"));

  ClientRegistration certified{.client_id = "certified",
                               .client_secret = "a secret of the certified",
                               .redirect_uris = {std::string(kWebRedirect)}};
  certified.tls_client_certificate_bound_access_tokens = true;
  server.realm().add_client(certified);
  HttpRequest request{.method = "POST", .target = "/token", .headers = basic("certified", certified.client_secret)};
  request.headers.emplace_back("Content-Type", kFormType);
  request.body = form_of_web(web_code({{"client_id", "certified"}})).encode();
  request.client_certificate = certificate_der();
  const auto bound = text_at(server.realm().handle(request), "access_token");
  const auto by_certificate = body_of(introspect(server, bound, basic("certified", certified.client_secret)));
  EXPECT_EQ(by_certificate.string_at("token_type"), "Bearer") << by_certificate.dump();
  ASSERT_NE(by_certificate.find("cnf"), nullptr) << by_certificate.dump();
  EXPECT_EQ(by_certificate.find("cnf")->string_at("x5t#S256"), certificate_x5t());

  const auto plain = body_of(introspect(server, access_of(web_login())));
  EXPECT_EQ(plain.string_at("token_type"), "Bearer");
  EXPECT_EQ(plain.find("cnf"), nullptr);
}

}  // namespace
}  // namespace mockoauth::server::testing
