// Signing in and deciding on pages, without script.
#include "tests/pages/page_browser.hpp"

namespace mockoauth::server::testing {
namespace {

std::string code_of(const HttpResponse& response) { return location_of(response).one("code").value_or(""); }
std::string error_of_redirect(const HttpResponse& response) { return location_of(response).one("error").value_or(""); }

TEST(LoginPage, LeadsThroughConsentToACodeThatWorks) {
  Engine server(with_forms());
  PageBrowser browser(server);

  EXPECT_EQ(browser.authorize().status, 200);
  EXPECT_TRUE(browser.shows("Sign in to Forms Inc."));
  EXPECT_TRUE(browser.shows("name=\"username\"") && browser.shows("name=\"password\""));
  EXPECT_EQ(browser.sign_in().status, 200);
  EXPECT_TRUE(browser.shows("Signed in as Ada Lovelace (ada@example.org)."));
  EXPECT_TRUE(browser.shows("Know who you are"));
  const auto& answer = browser.submit({{"action", "approve"}, {"scope", "openid"}, {"scope", "api.read"}, {"scope", "offline_access"}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(location_of(answer).one("state"), "xyz");
  const auto tokens = server.redeem(code_of(answer));
  EXPECT_EQ(tokens.status, 200) << tokens.body;
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).string_at("sub"), "ada");
}

TEST(LoginPage, TheOptionSaysMoreThanTheProfile) {
  Engine automatic(with_forms(), 7, [](RealmOptions& options) { options.login_by_form = false; });
  EXPECT_EQ(automatic.authorize_but({}).status, 303);
  Engine forms(Profile::plain(), 7, [](RealmOptions& options) { options.login_by_form = true; });
  EXPECT_EQ(forms.authorize_but({}).status, 200);
  EXPECT_EQ(Engine().authorize_but({}).status, 303) << "by themselves, unless asked for";
}

TEST(LoginPage, AWrongPasswordIsAskedForAgain) {
  Engine server(with_forms(), 7, [](RealmOptions& options) { options.users[1].password = "b0b"; });
  PageBrowser browser(server);
  browser.authorize();

  for (const auto& [name, password] : {std::pair{"ada", "wrong"}, {"bob", "secret"}, {"nobody", "secret"}, {"ada", ""}}) {
    EXPECT_EQ(browser.sign_in(name, password).status, 200);
    EXPECT_TRUE(browser.shows("Wrong user name or password.")) << name;
    EXPECT_TRUE(browser.shows(std::string("value=\"") + name + "\""));
  }
  browser.sign_in("bob@example.org", "b0b");
  EXPECT_TRUE(browser.shows("Signed in as Bob"));
}

TEST(LoginPage, GuessingIsSlowed) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  int status = 200;
  for (int i = 0; i < 20 && status == 200; ++i) status = browser.sign_in("ada", "wrong").status;
  EXPECT_EQ(status, 429);
  EXPECT_EQ(browser.sign_in("bob").status, 200);
  EXPECT_TRUE(browser.shows("Signed in as Bob")) << "others are not slowed";
}

TEST(LoginPage, DenyingAndCancellingAreToldToTheClient) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  EXPECT_EQ(error_of_redirect(browser.submit({{"action", "deny"}})), "access_denied");
  browser.authorize({{"prompt", "login"}});
  EXPECT_EQ(error_of_redirect(browser.submit({{"action", "cancel"}})), "access_denied");
}

TEST(LoginPage, AnotherAccountCanBeChosen) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in("ada");
  browser.submit({{"action", "other_account"}});
  EXPECT_TRUE(browser.shows("name=\"password\""));
  browser.sign_in("bob");
  EXPECT_TRUE(browser.shows("Signed in as Bob"));
  const auto tokens = server.redeem(code_of(browser.submit({{"action", "approve"}, {"scope", "openid"}})));
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).string_at("sub"), "bob");
}

TEST(LoginPage, WhatIsUntickedIsNotGranted) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  EXPECT_TRUE(browser.shows("type=\"checkbox\" name=\"scope\" value=\"api.read\" checked"));
  const auto tokens = server.redeem(code_of(browser.submit({{"action", "approve"}, {"scope", "openid"}, {"scope", "api.write"}})));
  EXPECT_EQ(text_at(tokens, "scope"), "openid") << "and what was not asked for neither";

  Engine all_or_nothing(with_forms({{"scope.partial", false}}));
  PageBrowser other(all_or_nothing);
  other.authorize();
  other.sign_in();
  EXPECT_FALSE(other.shows("type=\"checkbox\""));
  EXPECT_EQ(text_at(all_or_nothing.redeem(code_of(other.submit({{"action", "approve"}}))), "scope"), "openid api.read offline_access");
}

TEST(LoginPage, ASessionIsNotAskedForItsPasswordAgain) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  browser.submit({{"action", "approve"}, {"scope", "openid"}});
  browser.authorize({{"scope", "openid"}});
  EXPECT_TRUE(browser.shows("Signed in as Ada")) << "a native app is asked about each time (RFC 8252 §8.6)";
  browser.authorize({{"prompt", "login"}});
  EXPECT_TRUE(browser.shows("name=\"password\""));
  browser.authorize({{"prompt", "select_account"}});
  EXPECT_TRUE(browser.shows("name=\"password\""));
}

TEST(LoginPage, ASilentRequestShowsNothing) {
  Engine server(with_forms());
  PageBrowser browser(server);
  EXPECT_EQ(error_of_redirect(browser.authorize({{"prompt", "none"}})), "login_required");
}

TEST(LoginPage, AFormOfAnotherBrowserIsNothingWorth) {
  Engine server(with_forms());
  PageBrowser browser(server);
  PageBrowser attacker(server);
  browser.authorize();
  attacker.authorize();
  const auto id = browser.hidden("interaction");
  const Parameters form{{"interaction", id}, {"username", "bob"}, {"password", "x"}, {"action", "sign_in"}};
  EXPECT_EQ(server.post("/interaction", form).status, 400) << "cross-site: without the cookie";
  EXPECT_EQ(server.post("/interaction", form, attacker.cookies()).status, 400);
  EXPECT_EQ(server.post("/interaction", form, browser.cookies()).status, 200);
}

TEST(LoginPage, NothingIsDecidedBeforeSigningIn) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  for (const char* action : {"approve", "deny", "other_account", "sign_out", "", "nonsense"}) {
    EXPECT_EQ(browser.submit({{"action", action}}).status, 200) << action;
    EXPECT_TRUE(browser.shows("name=\"password\"")) << action;
  }
}

TEST(LoginPage, AFormIsGoodOnceAndForTenMinutes) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  const auto id = browser.hidden("interaction");
  EXPECT_EQ(browser.submit({{"action", "approve"}, {"scope", "openid"}}).status, 303);
  EXPECT_EQ(server.post("/interaction", {{"interaction", id}, {"action", "approve"}}, browser.cookies()).status, 400);

  browser.authorize();
  server.advance(10min - 1s);
  EXPECT_EQ(browser.submit({{"action", "other_account"}}).status, 200);
  server.advance(1s);
  EXPECT_EQ(browser.submit({{"action", "other_account"}}).status, 400);
  EXPECT_TRUE(browser.shows("This page has expired"));
}

TEST(LoginPage, AnErrorGoesBackOnlyAfterSomebodySignedIn) {
  Engine server(with_forms());
  PageBrowser browser(server);
  EXPECT_EQ(browser.authorize({{"scope", "no-such-scope"}}).status, 200) << "RFC 9700 §4.11.2";
  EXPECT_TRUE(browser.shows("name=\"password\""));
  EXPECT_EQ(error_of_redirect(browser.sign_in()), "invalid_scope");
  EXPECT_EQ(error_of_redirect(browser.authorize({{"scope", "no-such-scope"}})), "invalid_scope") << "somebody is signed in";
}

TEST(LoginPage, WhoMayNotUseTheClientIsToldSo) {
  Engine server(with_forms());
  server.realm().entitle_user("bob", false);
  PageBrowser browser(server);
  browser.authorize();
  EXPECT_EQ(error_of_redirect(browser.sign_in("bob")), "access_denied");
  EXPECT_EQ(server.last().reason.substr(0, 12), "not_entitled");
}

TEST(LoginPage, NothingIsReflectedUnescaped) {
  const std::string nasty = "\"><script>alert(1)</script>";
  Engine server(with_forms({{"pages.title", "<b>Forms</b>"}}), 7, [&](RealmOptions& options) {
    options.clients[0].metadata = Json::object({{"client_name", nasty}});
    options.users[0].name = nasty;
  });
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in(nasty, "wrong");
  EXPECT_FALSE(browser.shows("<script>") || browser.shows("<b>"));
  EXPECT_TRUE(browser.shows("&lt;script&gt;"));
  browser.sign_in();
  EXPECT_FALSE(browser.shows("<script>"));
}

TEST(LoginPage, AClientNameIsNoTemplate) {
  Engine server(with_forms(), 7, [](RealmOptions& options) { options.clients[0].metadata = Json::object({{"client_name", "{user}{provider}"}}); });
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  EXPECT_TRUE(browser.shows("Allow {user}{provider} to use your account?"));
}

TEST(LoginPage, IsSafeAndWorksWithoutScript) {
  Engine server(with_forms({{"pages.colour", "#ffd21e"}, {"pages.language", "de"}, {"pages.words", Json::object({{"login.submit", "Anmelden"}})}}));
  PageBrowser browser(server);
  const auto& page = browser.authorize();
  const auto policy = page.header("Content-Security-Policy").value_or("");
  EXPECT_EQ(policy.substr(0, 46), "default-src 'none'; style-src 'sha256-" + policy.substr(38, 8));
  EXPECT_EQ(policy.find("script"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(policy.find("form-action 'self' http: https:;"), std::string::npos);
  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  const auto cookie = page.header("Set-Cookie").value_or("");
  EXPECT_NE(cookie.find("HttpOnly; SameSite=Lax"), std::string::npos);
  EXPECT_TRUE(browser.shows("<html lang=\"de\">") && browser.shows("Anmelden") && browser.shows("#ffd21e"));
  EXPECT_FALSE(browser.shows("<script"));
  const auto custom = PageBrowser(server).authorize({{"redirect_uri", "com.example.app:/callback"}});
  EXPECT_NE(custom.header("Content-Security-Policy").value_or("").find(" com.example.app:;"), std::string::npos);
}

TEST(LoginPage, RepeatedFieldsAreRefused) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  EXPECT_EQ(browser.submit({{"username", "ada"}, {"username", "bob"}, {"password", "x"}, {"action", "sign_in"}}).status, 400);
}

}  // namespace
}  // namespace mockoauth::server::testing
