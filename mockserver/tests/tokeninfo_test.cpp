// Tokens looked up in a provider's own way (knob `introspection.style: tokeninfo`).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Profile with_tokeninfo() {
  const auto answer = Json::object({{"aud", "{client_id}"}, {"user", "{user.sub}"}, {"scope", "{scopes}"},
                                    {"left", "{expires_in}"}, {"end", "{exp}"}});
  return plain_but({{"introspection.style", "tokeninfo"}, {"introspection.answer", answer}});
}

TEST(Tokeninfo, DescribesALiveTokenInTheProfilesWords) {
  Engine server(with_tokeninfo());
  const auto token = text_at(server.login({{"scope", "openid api.read"}}), "access_token");
  server.advance(100s);
  const auto expected = R"({"aud":"app","user":"ada","scope":["openid","api.read"],"left":3500,"end":1800003600})";
  EXPECT_EQ(server.get("/tokeninfo?access_token=" + token).body, expected);
  EXPECT_EQ(server.get("/tokeninfo?token=" + token).body, expected);
  EXPECT_EQ(server.get("/tokeninfo", bearer(token)).body, expected);
  EXPECT_EQ(server.get("/tokeninfo", bearer(token)).header("Cache-Control"), "no-store");
}

TEST(Tokeninfo, RefusesADeadOne) {
  Engine server(with_tokeninfo());
  const auto tokens = server.login();
  const auto token = text_at(tokens, "access_token");
  expect_error(server.get("/tokeninfo?access_token=no-such-token"), 401, "invalid_token");
  expect_error(server.get("/tokeninfo?access_token=" + text_at(tokens, "refresh_token")), 401, "invalid_token");
  expect_error(server.get("/tokeninfo"), 400, "invalid_request", "access_token is missing");
  server.advance(1h);
  expect_error(server.get("/tokeninfo?access_token=" + token), 401, "invalid_token", "expired");
}

TEST(Tokeninfo, IsNotAnnouncedAsIntrospection) {
  Engine server(with_tokeninfo());
  EXPECT_EQ(body_of(server.get("/.well-known/openid-configuration")).find("introspection_endpoint"), nullptr);
  EXPECT_EQ(server.post("/introspect", {}).status, 404);
  EXPECT_EQ(server.post("/tokeninfo", {}).status, 405);
}

TEST(Tokeninfo, IsWhereTheProfileHasIt) {
  Engine server(*Profile::find("gitlab"));
  EXPECT_EQ(server.get("/oauth/token/info").status, 400);
  Engine google(*Profile::find("google"));
  HttpRequest elsewhere{.method = "GET", .target = "/tokeninfo"};
  EXPECT_EQ(google.realm().handle(elsewhere).status, 400);
}

Profile with_private_api() {
  return plain_but({{"introspection.style", "rest"}, {"introspection.answer", Json::object({{"user", "{user.sub}"}})}});
}

TEST(PrivateTokenApi, TellsTheClientAboutItsOwnTokens) {
  Engine server(with_private_api());
  const auto token = text_at(server.login(), "access_token");
  EXPECT_EQ(server.post("/tokeninfo", {{"client_id", "app"}, {"access_token", token}}).body, R"({"user":"ada"})");
  EXPECT_EQ(server.post("/tokeninfo", {{"client_id", "app"}, {"token", token}}).status, 200);
  EXPECT_NE(server.post("/tokeninfo", {{"access_token", token}}).status, 200);
  EXPECT_NE(server.post("/tokeninfo", {{"client_id", "web"}, {"client_secret", "guess"}, {"access_token", token}}).status, 200);
  expect_error(server.post("/tokeninfo", {{"client_id", "app"}}), 400, "invalid_request", "access_token is missing");
  expect_error(server.post("/tokeninfo", {{"client_id", "app"}, {"token", "no-such-token"}}), 401, "invalid_token");
}

TEST(PrivateTokenApi, TellsNoClientAboutTokensOfAnother) {
  Engine server(with_private_api());
  const auto token = text_at(server.login(), "access_token");
  server.realm().add_client({.client_id = "other", .redirect_uris = {std::string(kRedirect)}});
  EXPECT_NE(server.post("/tokeninfo", {{"client_id", "other"}, {"access_token", token}}).status, 200);
}

TEST(PrivateTokenApi, TellsWhoeverHoldsATokenAboutIt) {
  Engine server(with_private_api());
  const auto token = text_at(server.login(), "access_token");
  EXPECT_EQ(server.get("/tokeninfo", bearer(token)).body, R"({"user":"ada"})");
  EXPECT_NE(server.get("/tokeninfo?access_token=" + token).status, 200);
}

TEST(LongerLivedTokens, ReplaceALiveOneOfTheSameClient) {
  Engine server(plain_but({{"grants", Json::array({Json("authorization_code"), Json("fb_exchange_token")})},
                           {"refresh.issue", "never"}}));
  const auto token = text_at(server.login(), "access_token");
  server.advance(50min);
  const Parameters ask{{"grant_type", "fb_exchange_token"}, {"client_id", "app"}, {"fb_exchange_token", token}};
  const auto longer = text_at(body_of(server.post("/token", ask)), "access_token");
  EXPECT_NE(longer, token);
  server.advance(20min);
  EXPECT_EQ(server.get("/resource", bearer(longer)).status, 200);
  EXPECT_EQ(server.get("/resource", bearer(token)).status, 401);
  EXPECT_NE(server.post("/token", ask).status, 200);  // The old one has expired.
  server.realm().add_client({.client_id = "other", .redirect_uris = {std::string(kRedirect)}});
  EXPECT_NE(server.post("/token", {{"grant_type", "fb_exchange_token"}, {"client_id", "other"}, {"fb_exchange_token", longer}}).status, 200);
}

TEST(LongerLivedTokens, AreNotThereUnlessTheProfileHasThem) {
  Engine server;
  const auto token = text_at(server.login(), "access_token");
  expect_error(server.post("/token", {{"grant_type", "fb_exchange_token"}, {"client_id", "app"}, {"fb_exchange_token", token}}), 400,
               "unsupported_grant_type");
}

}  // namespace
}  // namespace mockoauth::server::testing
