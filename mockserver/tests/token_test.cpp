// The token endpoint and client authentication (RFC 6749 §2.3, §3.2, §5).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr std::string_view kSecret = "s3cret:/+ &=%";
constexpr std::string_view kWebRedirect = "https://web.example/cb?tenant=1";

std::string web_code(Engine& engine) {
  return engine.code({{"client_id", "web"}, {"redirect_uri", std::string(kWebRedirect)}, {"scope", "openid"}});
}

HttpResponse redeem_web(Engine& engine, std::initializer_list<Parameters::Pair> more, Headers headers = {}) {
  auto form = Engine::code_request(web_code(engine));
  form.remove("client_id");
  form.set("redirect_uri", std::string(kWebRedirect));
  for (const auto& [name, value] : more) form.set(name, value);
  return engine.post("/token", form, std::move(headers));
}

TEST(TokenPostOnly, OtherMethodsGet405WithAllow) {
  for (const char* method : {"GET", "HEAD", "PUT", "OPTIONS", "post", ""}) {
    Engine engine;
    const auto response = engine.realm().handle({.method = method, .target = "/token?grant_type=authorization_code"});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("Allow"), "POST") << method;
  }
}

TEST(TokenCredentialsInUrlRefused, WhateverTheBodySays) {
  for (const char* name : {"client_secret", "code", "code_verifier", "refresh_token"}) {
    Engine engine;
    const auto code = engine.code();
    expect_error(engine.post("/token?" + std::string(name) + "=x", Engine::code_request(code)), 400, "invalid_request",
                 "in the URL");
    EXPECT_EQ(engine.redeem(code).status, 200);
  }
}

TEST(TokenFormOnly, JsonAndTextAreRefused) {
  Engine engine;
  const auto json = Json::object({{"grant_type", "authorization_code"}, {"code", engine.code()},
                                  {"client_id", "app"}}).dump();
  for (const char* type : {"application/json", "text/plain", "multipart/form-data; boundary=x", ""}) {
    const auto response = engine.realm().handle(
        {.method = "POST", .target = "/token", .headers = {{"Content-Type", type}}, .body = json});
    expect_error(response, 400, "invalid_request", "Content-Type");
  }
  expect_error(engine.realm().handle({.method = "POST", .target = "/token", .body = json}), 400, "invalid_request",
               "no Content-Type");
}

TEST(TokenFormOnly, JsonIsReadWhereTheKnobSaysSo) {
  Engine engine(plain_but({{"token.body", Json::object({{"*", Json::array({"form", "json"})}})}}));
  Json body = Json::object();
  const auto form = Engine::code_request(engine.code());
  for (const auto& [name, value] : form.pairs()) body.set(name, value);

  const auto response = engine.realm().handle(
      {.method = "POST", .target = "/token", .headers = {{"content-type", "Application/JSON; charset=utf-8"}}, .body =
       body.dump()});

  EXPECT_EQ(response.status, 200) << response.body;
}

TEST(TokenUnknownParameterIgnored, Holds) {
  Engine engine;
  EXPECT_EQ(engine.redeem_but(engine.code(), {{"foo", "bar"}}).status, 200);
}

TEST(TokenParameterRepeated, IsInvalidRequestAndSpendsNothing) {
  Engine engine;
  const auto code = engine.code();
  for (const char* name : {"code", "grant_type", "client_id", "code_verifier", "foo"}) {
    auto form = Engine::code_request(code);
    if (form.count(name) == 0) form.add(name, "x");
    form.add(name, "x");
    expect_error(engine.post("/token", form), 400, "invalid_request", "repeated");
  }
  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(TokenEmptyParameterAsAbsent, IsInvalidRequest) {
  Engine engine;
  auto form = Engine::code_request("");
  expect_error(engine.post("/token", form), 400, "invalid_request", "code is missing");
}

TEST(TokenGrantTypeMissing, IsInvalidRequest) {
  Engine engine;
  expect_error(engine.post("/token", {{"client_id", "app"}}), 400, "invalid_request", "grant_type is missing");
  expect_error(engine.post("/token", {}), 400, "invalid_request", "grant_type is missing");
}

TEST(TokenGrantTypeUnknown, IsUnsupportedGrantType) {
  for (const char* grant : {"banana", "password", "implicit", "Authorization_Code"}) {
    Engine engine;
    expect_error(engine.post("/token", {{"client_id", "app"}, {"grant_type", grant}}), 400, "unsupported_grant_type",
                 grant);
  }
}

TEST(TokenGrantTypeUnknown, AKnownOneThatTheProfileDoesNotOffer) {
  Engine engine(plain_but({{"grants", Json::array({"authorization_code"})}}));

  const auto tokens = engine.login();

  EXPECT_EQ(tokens.find(kRefresh), nullptr);
  expect_error(engine.refresh("x"), 400, "unsupported_grant_type");
}

TEST(TokenResponseJson, IsNeverStored) {
  Engine engine;

  const auto response = engine.redeem(engine.code());

  EXPECT_EQ(response.header("Content-Type"), "application/json");
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(response.header("Pragma"), "no-cache");
}

TEST(TokenErrorCharacters, StayInTheAllowedSet) {
  Engine engine;
  const auto response = engine.post("/token", {{"grant_type", "a\"\\\r\nä\x01<b>"}, {"client_id", "app"}});
  for (const char c : text_at(response, "error_description")) EXPECT_TRUE(c >= 0x20 && c <= 0x7e && c != '"' &&
                                                                          c != '\\');
}

TEST(TokenBasicSupported, AndTheBody) {
  Engine engine;
  EXPECT_EQ(redeem_web(engine, {}, basic("web", kSecret)).status, 200);
  EXPECT_EQ(redeem_web(engine, {{"client_id", "web"}, {"client_secret", std::string(kSecret)}}).status, 200);
}

TEST(TokenBasicDecoding, SchemeInAnyCaseAndFormEncoding) {
  Engine engine;
  auto headers = basic("web", kSecret);
  headers[0].second.replace(0, 5, "bAsIc");
  EXPECT_EQ(redeem_web(engine, {}, headers).status, 200);

  // Not form-encoded: the plus of the secret reads as a space (RFC 6749 §2.3.1), so this is another secret.
  const Headers raw{{"Authorization", "Basic " + mimir::codec::base64_encode("web:s3cret:/+ &=x")}};
  expect_error(redeem_web(engine, {}, raw), 401, "invalid_client");
}

TEST(TokenBasicDecoding, BrokenCredentials) {
  for (const char* value : {"Basic", "Basic !!!", "Basic d2Vi", "Basic d2ViOiU", "Bearer abc", "Digest x", ""}) {
    Engine engine;
    expect_error(redeem_web(engine, {}, {{"Authorization", value}}), 401, "invalid_client");
  }
}

TEST(TokenInvalidClientChallenge, NamesTheScheme) {
  Engine engine;
  const auto response = redeem_web(engine, {}, basic("web", "wrong"));
  expect_error(response, 401, "invalid_client", "secret is wrong");
  EXPECT_EQ(response.header("WWW-Authenticate"), "Basic realm=\"mockoauth\"");
}

TEST(TokenClientUnknown, IsInvalidClient) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"client_id", "nobody"}}), 401, "invalid_client", "not registered");
  expect_error(redeem_web(engine, {}, basic("nobody", "x")), 401, "invalid_client", "not registered");
}

TEST(TokenTwoAuthMethodsRefused, EvenWhenBothAreRight) {
  Engine engine;
  expect_error(redeem_web(engine, {{"client_secret", std::string(kSecret)}}, basic("web", kSecret)), 400,
               "invalid_request", "at once");
  expect_error(redeem_web(engine, {{"client_id", "app"}}, basic("web", kSecret)), 400, "invalid_request", "differ");
  auto twice = basic("web", kSecret);
  twice.push_back(twice.front());
  expect_error(redeem_web(engine, {}, twice), 400, "invalid_request", "repeated");
  EXPECT_EQ(redeem_web(engine, {{"client_id", "web"}}, basic("web", kSecret)).status, 200);
}

TEST(TokenTwoAuthMethodsRefused, ByKnobOnlyWhenTheyDiffer) {
  Engine engine(plain_but({{"client.two_methods", "accept"}}));
  EXPECT_EQ(redeem_web(engine, {{"client_secret", std::string(kSecret)}}, basic("web", kSecret)).status, 200);
  expect_error(redeem_web(engine, {{"client_secret", "x"}}, basic("web", kSecret)), 400, "invalid_request");
}

TEST(TokenConfidentialMustAuthenticate, OrIsInvalidClient) {
  Engine engine;
  expect_error(redeem_web(engine, {{"client_id", "web"}}), 401, "invalid_client", "has to authenticate");
  expect_error(redeem_web(engine, {{"client_id", "web"}, {"client_secret", ""}}), 401, "invalid_client");
}

TEST(TokenClientIdRequiredOfPublic, OrIsInvalidClient) {
  Engine engine;
  expect_error(engine.redeem_but(engine.code(), {{"client_id", ""}}), 401, "invalid_client", "neither a client_id");
}

TEST(TokenClientAuth, MethodsByKnob) {
  Engine engine(plain_but({{"client.auth", Json::array({"client_secret_post"})}}));
  expect_error(redeem_web(engine, {}, basic("web", kSecret)), 401, "invalid_client",
               "client_secret_basic is not accepted");
  EXPECT_EQ(redeem_web(engine, {{"client_id", "web"}, {"client_secret", std::string(kSecret)}}).status, 200);
  expect_error(engine.redeem(engine.code()), 401, "invalid_client", "none is not accepted");
}

TEST(TokenClientAuth, TypesByKnob) {
  Engine no_public(plain_but({{"client.types", Json::array({"confidential"})}}));
  Engine no_confidential(plain_but({{"client.types", Json::array({"public"})}}));
  expect_error(no_public.redeem(no_public.code()), 401, "invalid_client", "public clients");
  expect_error(redeem_web(no_confidential, {}, basic("web", kSecret)), 401, "invalid_client", "confidential clients");
}

TEST(TokenPublicSecret, IgnoredForbiddenOrExpected) {
  Engine ignored;
  Engine forbidden(plain_but({{"client.public_secret", "forbidden"}}));
  Engine expected(plain_but({{"client.public_secret", "expected"},
                             {"client.auth", Json::array({"client_secret_post"})}}));

  EXPECT_EQ(ignored.redeem_but(ignored.code(), {{"client_secret", "x"}}).status, 200);
  expect_error(forbidden.redeem_but(forbidden.code(), {{"client_secret", "x"}}), 401, "invalid_client",
               "must not send");
  EXPECT_EQ(expected.redeem_but(expected.code(), {{"client_secret", "x"}}).status, 200);
}

TEST(TokenResponse, TakesTheFormsOfItsKnobs) {
  Engine engine(plain_but({{"response.expires_in", "string"},
                           {"response.scope", "comma"},
                           {"response.token_type", "bearer"},
                           {"response.content_type", "application/json; charset=utf-8"},
                           {"response.absolute_expiry", Json::object({{"expires_at", "unix_s"}})},
                           {"response.extra", Json::object({{"owner", "{user.email}"}, {"not_before", 0}})},
                           {"access.prefix", "at_"},
                           {"refresh.prefix", "rt_"}}));

  const auto tokens = engine.login({{"scope", "api.read api.write"}});

  EXPECT_EQ(tokens.string_at("expires_in"), "3600");
  EXPECT_EQ(tokens.string_at("scope"), "api.read,api.write");
  EXPECT_EQ(tokens.string_at("token_type"), "bearer");
  EXPECT_EQ(tokens.int_at("expires_at"), 1'800'003'600);
  EXPECT_EQ(tokens.string_at("owner"), "ada@example.org");
  EXPECT_EQ(tokens.int_at("not_before"), 0);
  EXPECT_EQ(text_at(tokens, "access_token").rfind("at_", 0), 0u);
  EXPECT_EQ(text_at(tokens, kRefresh).rfind("rt_", 0), 0u);
}

TEST(TokenResponse, FormEncodedUnlessJsonIsAccepted) {
  Engine engine(plain_but({{"response.format", "form_unless_accept_json"}}));

  const auto form = engine.redeem(engine.code());
  const auto json = engine.redeem_but(engine.code(), {}, {{"Accept", "application/json"}});
  const auto error = engine.redeem("garbage");

  EXPECT_TRUE(Parameters::parse(form.body)->one("access_token"));
  EXPECT_FALSE(text_at(json, "access_token").empty());
  EXPECT_EQ(Parameters::parse(error.body)->one("error"), "invalid_grant");
}

TEST(TokenResponse, CamelCaseInAnEnvelope) {
  Engine engine(plain_but({{"response.keys", "camel"}, {"response.envelope", "data.token"}}));
  const auto tokens = engine.login();
  EXPECT_NE(tokens.at_pointer("/data/token/accessToken"), nullptr);
  EXPECT_NE(tokens.at_pointer("/data/token/expiresIn"), nullptr);
}

TEST(TokenErrors, AreWordedByTheProfile) {
  const Json map = Json::object(
      {{"code_unknown", Json::object({{"status", 200}, {"code", "bad_verification_code"}, {"description", "expired."},
                                      {"extra", Json::object({{"error_uri", "https://x.example"}})},
                                      {"headers", Json::object({{"X-Why", "{code}"}})}})},
       {"client_unknown", Json::object({{"as", "code_unknown"}})},
       {"code_reused", Json::object({{"status", 403}, {"shape",
                                                       Json::object({{"message", "{description}"}, {"n", 1},
                                                                     {"hint", "{hint}"}})}})}});
  Engine engine(plain_but({{"errors.map", map}, {"errors.request_id_header", "X-Request-Id"}}));
  const auto code = engine.code();
  engine.redeem(code);

  const auto unknown = engine.redeem("garbage");
  const auto client = engine.redeem_but("garbage", {{"client_id", "nobody"}});
  const auto reused = engine.redeem(code);

  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(body_of(unknown), Json::object({{"error", "bad_verification_code"}, {"error_description", "expired."},
                                            {"error_uri", "https://x.example"}}));
  EXPECT_EQ(unknown.header("X-Why"), "bad_verification_code");
  EXPECT_FALSE(unknown.header("X-Request-Id").value_or("").empty());
  EXPECT_EQ(client.body, unknown.body);
  EXPECT_EQ(reused.status, 403);
  EXPECT_EQ(body_of(reused).int_at("n"), 1);
  EXPECT_NE(text_at(reused, "message").find("used before"), std::string::npos);
  EXPECT_EQ(body_of(reused).find("hint"), nullptr);
}

}  // namespace
}  // namespace mockoauth::server::testing
