// Sessions, prompt, consent and what the person sees (OIDC Core §3.1.2.1, RFC 9700 §4.11.2, RFC 8252 §8.6).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kWebRedirect = "https://web.example/cb?tenant=1";

HttpResponse ask_as_web(Engine& engine, std::initializer_list<Parameters::Pair> changes, Headers headers = {}) {
  Parameters request{{"response_type", "code"}, {"client_id", "web"}, {"redirect_uri", kWebRedirect},
                     {"scope", "openid"}, {"state", "xyz"}};
  for (const auto& [name, value] : changes) request.set(name, value);
  return engine.authorize(request, std::move(headers));
}

Json id_token_of_web(Engine& engine, const HttpResponse& response) {
  const Parameters form{{"grant_type", "authorization_code"}, {"code", location_of(response).one("code").value_or("")},
                        {"redirect_uri", kWebRedirect}};
  return claims_of(text_at(engine.post("/token", form, basic("web", "s3cret:/+ &=%")), "id_token"));
}

TEST(OpPromptNone, WithoutASessionIsLoginRequired) {
  Engine engine;
  const auto response = ask_as_web(engine, {{"prompt", "none"}});
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(location_of(response).one("error"), "login_required");
  EXPECT_FALSE(response.header("Set-Cookie"));
}

TEST(OpPromptNone, WithSessionAndConsentGivesACode) {
  Engine engine;
  const auto cookie = cookie_of(ask_as_web(engine, {}));
  EXPECT_TRUE(location_of(ask_as_web(engine, {{"prompt", "none"}}, cookie)).one("code"));
}

TEST(OpPromptNone, WithoutConsentIsConsentRequired) {
  Engine engine;
  const auto cookie = cookie_of(engine.authorize_but({}));
  EXPECT_EQ(location_of(ask_as_web(engine, {{"prompt", "none"}}, cookie)).one("error"), "consent_required");
  ask_as_web(engine, {}, cookie);
  EXPECT_EQ(location_of(ask_as_web(engine, {{"prompt", "none"}, {"scope", "openid api.read"}}, cookie)).one("error"),
            "consent_required");
}

TEST(OpPromptNone, NextToAnotherValueIsRefused) {
  Engine engine;
  EXPECT_EQ(location_of(ask_as_web(engine, {{"prompt", "none login"}})).one("error"), "invalid_request");
}

TEST(OpPromptLogin, SignsInAgain) {
  Engine engine;
  const auto first = ask_as_web(engine, {});
  const auto cookie = cookie_of(first);
  engine.advance(60s);

  const auto kept = ask_as_web(engine, {}, cookie);
  const auto renewed = ask_as_web(engine, {{"prompt", "login"}}, cookie);

  EXPECT_FALSE(kept.header("Set-Cookie"));
  EXPECT_EQ(id_token_of_web(engine, kept).int_at("auth_time"), 1'800'000'000);
  EXPECT_TRUE(renewed.header("Set-Cookie"));
  EXPECT_EQ(id_token_of_web(engine, renewed).int_at("auth_time"), 1'800'000'060);
  // The session before ended with the new one.
  EXPECT_EQ(location_of(ask_as_web(engine, {{"prompt", "none"}}, cookie)).one("error"), "login_required");
}

TEST(OpIdtokenAuthTime, IsRecentEnoughForMaxAge) {
  Engine engine;
  const auto cookie = cookie_of(ask_as_web(engine, {}));
  engine.advance(60s);

  EXPECT_EQ(id_token_of_web(engine, ask_as_web(engine, {{"max_age", "60"}}, cookie)).int_at("auth_time"),
            1'800'000'000);
  EXPECT_EQ(location_of(ask_as_web(engine, {{"max_age", "59"}, {"prompt", "none"}}, cookie)).one("error"),
            "login_required");
  EXPECT_EQ(id_token_of_web(engine, ask_as_web(engine, {{"max_age", "59"}}, cookie)).int_at("auth_time"),
            1'800'000'060);
  EXPECT_EQ(location_of(ask_as_web(engine, {{"max_age", "soon"}})).one("error"), "invalid_request");
}

TEST(AuthorizePublicClientConsent, IsAskedForEveryTime) {
  Engine engine;
  const auto cookie = cookie_of(engine.authorize_but({}));
  EXPECT_EQ(location_of(engine.authorize_but({{"prompt", "none"}}, cookie)).one("error"), "consent_required");
  engine.realm().decide(UserDecision::Abandon);
  EXPECT_FALSE(engine.authorize_but({}, cookie).header("Location"));
}

TEST(AuthorizeConsent, OfAKnownConfidentialClientIsRemembered) {
  Engine engine;
  const auto cookie = cookie_of(ask_as_web(engine, {}));
  engine.realm().decide(UserDecision::Abandon);
  EXPECT_TRUE(location_of(ask_as_web(engine, {}, cookie)).one("code"));
  EXPECT_FALSE(ask_as_web(engine, {{"prompt", "consent"}}, cookie).header("Location"));

  engine.realm().revoke_all("ada");
  EXPECT_FALSE(ask_as_web(engine, {}, cookie).header("Location"));
}

TEST(AuthorizeNoAutomaticBadRedirect, NobodyIsSentBackBeforeTheySignedIn) {
  Engine engine;
  engine.realm().decide(UserDecision::Abandon);

  const auto response = engine.authorize_but({{"scope", "root"}});

  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.header("Location"));
  EXPECT_EQ(location_of(engine.authorize_but({{"scope", "root"}, {"prompt", "none"}})).one("error"), "invalid_scope");

  engine.realm().decide(UserDecision::Approve);
  const auto signed_in = engine.authorize_but({{"scope", "root"}});
  EXPECT_EQ(location_of(signed_in).one("error"), "invalid_scope");
  EXPECT_TRUE(signed_in.header("Set-Cookie"));
}

TEST(AuthorizeNotFrameable, NorIsTheSignInPage) {
  Engine engine;
  engine.realm().decide(UserDecision::Abandon);
  const auto page = engine.authorize_but({});
  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("frame-ancestors 'none'"), std::string::npos);
}

TEST(AuthorizeReferrerPolicy, DoesNotLeakTheAddress) {
  Engine engine;
  EXPECT_EQ(engine.authorize_but({}).header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(engine.authorize_but({{"client_id", "x"}}).header("Referrer-Policy"), "no-referrer");
}

TEST(AuthorizeNo307, AFormIsAnsweredBy303) {
  Engine engine;
  EXPECT_EQ(engine.post("/authorize", Engine::authorization_request()).status, 303);
  EXPECT_EQ(engine.authorize_but({{"scope", "root"}}).status, 303);
}

TEST(AuthorizeResponseNotCached, NorErrors) {
  Engine engine;
  EXPECT_EQ(engine.authorize_but({}).header("Cache-Control"), "no-store");
  EXPECT_EQ(engine.authorize_but({{"scope", "root"}}).header("Cache-Control"), "no-store");
}

TEST(AuthorizeSession, CookieIsOutOfReach) {
  Engine engine;
  const auto cookie = engine.authorize_but({}).header("Set-Cookie").value_or("");
  EXPECT_NE(cookie.find("; Path=/; HttpOnly; SameSite=Lax"), std::string::npos) << cookie;
  EXPECT_EQ(cookie.find("Secure"), std::string::npos) << cookie;
}

TEST(AuthorizeSession, EndsAfterADay) {
  Engine engine;
  const auto cookie = cookie_of(ask_as_web(engine, {}));
  engine.advance(24h);
  EXPECT_EQ(location_of(ask_as_web(engine, {{"prompt", "none"}}, cookie)).one("error"), "login_required");
}

TEST(AuthorizePerson, LoginHintChoosesUnlessAScriptHas) {
  Engine engine;
  EXPECT_EQ(claims_of(text_at(engine.login({{"login_hint", "bob@example.org"}}), "id_token")).string_at("sub"), "bob");
  EXPECT_EQ(claims_of(text_at(engine.login({{"login_hint", "nobody"}}), "id_token")).string_at("sub"), "ada");
  engine.realm().choose_user("ada");
  EXPECT_EQ(claims_of(text_at(engine.login({{"login_hint", "bob"}}), "id_token")).string_at("sub"), "ada");
}

TEST(AuthorizePerson, MayTickFewerScopes) {
  Engine engine;
  engine.realm().allow_scopes(std::vector<std::string>{"openid"});
  EXPECT_EQ(engine.login().string_at("scope"), "openid");
  engine.realm().allow_scopes(std::nullopt);
  EXPECT_EQ(engine.login().string_at("scope"), "openid api.read offline_access");

  Engine all_or_nothing(plain_but({{"scope.partial", false}}));
  all_or_nothing.realm().allow_scopes(std::vector<std::string>{"openid"});
  EXPECT_EQ(all_or_nothing.login().string_at("scope"), "openid api.read offline_access");
}

TEST(AuthorizePerson, NotEntitledIsAccessDenied) {
  Engine engine;
  engine.realm().entitle_user("ada", false);
  EXPECT_EQ(location_of(engine.authorize_but({})).one("error"), "access_denied");
  EXPECT_NE(engine.last().reason.find("not_entitled"), std::string::npos);
}

TEST(AuthorizeIdTokenHint, OnlyThatUserWillDo) {
  Engine engine;
  const auto hint = text_at(engine.login(), "id_token");
  EXPECT_TRUE(location_of(engine.authorize_but({{"id_token_hint", hint}})).one("code"));
  EXPECT_EQ(location_of(engine.authorize_but({{"id_token_hint", "a.b.c"}})).one("error"), "invalid_request");
  engine.realm().choose_user("bob");
  EXPECT_EQ(location_of(engine.authorize_but({{"id_token_hint", hint}})).one("error"), "login_required");
}

}  // namespace
}  // namespace mockoauth::server::testing
