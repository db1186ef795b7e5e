// Redirect URIs (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1, §4.1.3).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

bool accepts(Engine& engine, const std::string& uri, const std::string& client = "app") {
  const auto response = engine.authorize_but({{"client_id", client}, {"redirect_uri", uri}, {"scope", "api.read"}});
  if (response.status == 303) {
    EXPECT_EQ(response.header("Location")->rfind(uri, 0), 0u) << uri;
    return true;
  }
  EXPECT_EQ(response.status, 400) << uri;
  EXPECT_FALSE(response.header("Location")) << uri;
  EXPECT_NE(engine.last().reason.find("redirect_"), std::string::npos) << uri;
  return false;
}

struct Case {
  const char* uri;
  bool is_accepted;
};

TEST(RedirectUriLoopback, AnyPortButNothingElse) {
  const Case cases[] = {
      {"http://127.0.0.1/callback", true},
      {"http://127.0.0.1:1/callback", true},
      {"http://127.0.0.1:65535/callback", true},
      {"com.example.app:/callback", true},
      {"http://127.0.0.1:5555/callback/", false},
      {"http://127.0.0.1:5555/callback/..", false},
      {"http://127.0.0.1:5555/Callback", false},
      {"http://127.0.0.1:5555/%63allback", false},
      {"http://127.0.0.1:5555/callback?x=1", false},
      {"http://127.0.0.1:5555/callback#x", false},
      {"http://127.0.0.1:5555/", false},
      {"http://127.0.0.1:5555", false},
      {"https://127.0.0.1:5555/callback", false},
      {"HTTP://127.0.0.1:5555/callback", false},
      {"http://127.0.0.1:05555/callback", false},
      {"http://127.0.0.1:99999/callback", false},
      {"http://127.0.0.2:5555/callback", false},
      {"http://[::1]:5555/callback", false},
      {"http://localhost:5555/callback", false},
      {"http://127.0.0.1.example.org/callback", false},
      {"http://127.0.0.1@evil.example/callback", false},
      {"http://user@127.0.0.1:5555/callback", false},
      {"http://evil.example/callback", false},
      {"com.example.app:/callback2", false},
      {"com.example.app:/callback#", false},
      {"javascript:alert(1)", false},
      {" http://127.0.0.1:5555/callback", false},
      {"http://127.0.0.1:5555/callback\r\nX: y", false},
  };
  Engine engine;
  for (const auto& one : cases) EXPECT_EQ(accepts(engine, one.uri), one.is_accepted) << one.uri;
}

TEST(RedirectUriLoopback, IsExactWhereNoPortIsFree) {
  Engine engine(plain_but({{"redirect.match", "exact"}, {"redirect.free_port_hosts", Json::array()}}));

  EXPECT_TRUE(accepts(engine, "http://127.0.0.1/callback"));
  EXPECT_FALSE(accepts(engine, "http://127.0.0.1:5555/callback"));
}

TEST(RedirectUriLoopback, LocalhostHasAFreePortOnlyByKnob) {
  Engine strict;
  Engine lax(plain_but({{"redirect.free_port_hosts", Json::array({"localhost"})}}));
  for (auto* engine : {&strict, &lax}) {
    engine->realm().add_client({.client_id = "app", .redirect_uris = {"http://localhost:8080/callback"}});
  }

  EXPECT_FALSE(accepts(strict, "http://localhost:9090/callback"));
  EXPECT_TRUE(accepts(strict, "http://localhost:8080/callback"));
  EXPECT_TRUE(accepts(lax, "http://localhost:9090/callback"));
}

TEST(RedirectUriLoopback, HostsThatAreNotAcceptedAtAll) {
  Engine engine(plain_but({{"redirect.loopback_hosts", Json::array({"localhost"})}}));
  EXPECT_FALSE(accepts(engine, "http://127.0.0.1/callback"));
}

TEST(RedirectUriLoopback, PathIsFreeOrMustBeEmptyByKnob) {
  Engine any(plain_but({{"redirect.loopback_path", "any"}}));
  Engine none(plain_but({{"redirect.loopback_path", "none"}}));

  EXPECT_TRUE(accepts(any, "http://127.0.0.1:5555/elsewhere"));
  EXPECT_TRUE(accepts(none, "http://127.0.0.1:5555"));
  EXPECT_FALSE(accepts(none, "http://127.0.0.1:5555/elsewhere"));
}

TEST(RedirectUriLoopback, OnlyListedPortsOfAShippedClient) {
  Engine engine(plain_but({{"redirect.match", "exact"}, {"redirect.fixed_ports", Json::array({1455, 1457})}}));

  EXPECT_TRUE(accepts(engine, "http://127.0.0.1:1457/callback"));
  EXPECT_FALSE(accepts(engine, "http://127.0.0.1:1458/callback"));
}

TEST(RedirectUriExact, OffLoopback) {
  const Case cases[] = {
      {"https://web.example/cb?tenant=1", true},       {"https://web.example/cb", false},
      {"https://web.example/cb?tenant=1&x=2", false},  {"https://web.example/cb?tenant=2", false},
      {"https://web.example:8443/cb?tenant=1", false}, {"https://sub.web.example/cb?tenant=1", false},
      {"https://web.example.evil/cb?tenant=1", false}, {"https://web.example@evil.example/cb?tenant=1", false},
      {"http://web.example/cb?tenant=1", false},       {"https://WEB.example/cb?tenant=1", false},
  };
  Engine engine;
  for (const auto& one : cases) EXPECT_EQ(accepts(engine, one.uri, "web"), one.is_accepted) << one.uri;
}

TEST(RedirectUriHttpRefused, OffLoopbackEvenWhenRegistered) {
  Engine strict;
  Engine lax(plain_but({{"redirect.http", "any"}}));
  for (auto* engine : {&strict, &lax}) {
    engine->realm().add_client({.client_id = "app", .redirect_uris = {"http://app.example/cb"}});
  }

  EXPECT_FALSE(accepts(strict, "http://app.example/cb"));
  EXPECT_TRUE(accepts(lax, "http://app.example/cb"));
}

TEST(RedirectUriCustomScheme, IsRefusedByKnob) {
  Engine engine(plain_but({{"redirect.custom_scheme", false}}));
  EXPECT_FALSE(accepts(engine, "com.example.app:/callback"));
}

TEST(RedirectUriSubpath, ByKnobGoesDownAndNeverUp) {
  Engine engine(plain_but({{"redirect.match", "subpath"}}));
  engine.realm().add_client({.client_id = "app", .redirect_uris = {"https://app.example/cb"}});

  EXPECT_TRUE(accepts(engine, "https://app.example/cb/more"));
  EXPECT_FALSE(accepts(engine, "https://app.example/cbx"));
  EXPECT_FALSE(accepts(engine, "https://app.example/cb/../evil"));
  EXPECT_FALSE(accepts(engine, "https://app.example/cb/%2e%2e/evil"));
  EXPECT_FALSE(accepts(engine, "https://evil.example/cb/more"));
}

TEST(RedirectUriWildcard, ByKnob) {
  Engine engine(plain_but({{"redirect.match", "wildcard"}}));
  engine.realm().add_client({.client_id = "app", .redirect_uris = {"https://app.example/*"}});

  EXPECT_TRUE(accepts(engine, "https://app.example/anything"));
  EXPECT_FALSE(accepts(engine, "https://app.example.evil/anything"));
}

TEST(RedirectUriRepeated, GoesToNeither) {
  Engine engine;
  auto parameters = Engine::authorization_request();
  parameters.add("redirect_uri", "https://evil.example/");

  const auto response = engine.authorize(parameters);

  EXPECT_EQ(response.status, 400);
  EXPECT_FALSE(response.header("Location"));
}

TEST(RedirectUriMissing, IsAllowedWhereOneIsRegisteredAndRefusedWhereSeveral) {
  Engine engine;
  engine.realm().add_client({.client_id = "one", .redirect_uris = {"https://one.example/cb"}});

  const auto several = engine.authorize_but({{"redirect_uri", ""}});
  const auto one = engine.authorize_but({{"client_id", "one"}, {"redirect_uri", ""}});

  EXPECT_EQ(several.status, 400);
  EXPECT_FALSE(several.header("Location"));
  ASSERT_EQ(one.status, 303);
  EXPECT_EQ(one.header("Location")->rfind("https://one.example/cb?", 0), 0u);
  const auto code = location_of(one).one("code").value_or("");
  EXPECT_EQ(engine.redeem_but(code, {{"client_id", "one"}, {"redirect_uri", ""}}).status, 200);
}

TEST(RedirectUriMissing, MustThenStayAwayFromTheTokenRequestByKnob) {
  Engine engine(plain_but({{"redirect.at_token", "forbidden_if_absent"}}));
  engine.realm().add_client({.client_id = "one", .redirect_uris = {"https://one.example/cb"}});
  const auto code = engine.code({{"client_id", "one"}, {"redirect_uri", ""}});

  expect_error(engine.redeem_but(code, {{"client_id", "one"}, {"redirect_uri", "https://one.example/cb"}}), 400,
               "invalid_grant");
}

TEST(RedirectUriQueryKept, AndParametersAppended) {
  Engine engine;

  const auto response = engine.authorize_but({{"client_id", "web"}, {"redirect_uri", "https://web.example/cb?tenant=1"},
                                              {"scope", "openid"}});

  EXPECT_EQ(response.header("Location").value_or("").rfind("https://web.example/cb?tenant=1&code=", 0), 0u);
}

TEST(RedirectUriUnregistered, SaysWhichPartDiffers) {
  Engine engine;

  accepts(engine, "http://127.0.0.1:5555/other");
  EXPECT_EQ(engine.last().reason, "redirect_mismatch: redirect_uri differs from the registered one in its path");
  EXPECT_EQ(engine.last().clause, "RFC 9700 §2.1");
  accepts(engine, "https://evil.example/callback");
  EXPECT_EQ(engine.last().reason, "redirect_mismatch: redirect_uri differs from the registered one in its host");
}

}  // namespace
}  // namespace mockoauth::server::testing
