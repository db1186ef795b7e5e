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

}  // namespace
}  // namespace mockoauth::server::testing
