// Device, error and sign-out pages, and the wording of all.
#include <mockoauth/embedded/mockoauth-fixtures.hpp>

#include "protocol/page.hpp"
#include "tests/pages/page_browser.hpp"

namespace mockoauth::server::testing {
namespace {

std::string ask_for_device(Engine& server) {
  return text_at(server.post("/device_authorization", {{"client_id", "app"}, {"scope", "openid api.read"}}), "user_code");
}

const HttpResponse& type_code(PageBrowser& browser, const std::string& code) {
  browser.open("/device");
  return browser.submit({{"user_code", code}}, "/device");
}

TEST(DevicePage, AsksWhoIsThereAndThenToCompare) {
  Engine server(with_forms());
  PageBrowser browser(server);
  const auto code = ask_for_device(server);
  ASSERT_FALSE(code.empty());
  EXPECT_EQ(type_code(browser, code).status, 200);
  EXPECT_TRUE(browser.shows("name=\"password\""));
  browser.sign_in("bob");
  EXPECT_TRUE(browser.shows(code) && browser.shows("Signed in as Bob"));
  EXPECT_EQ(server.realm().device_logins().front().state, DeviceLoginState::Pending);
  browser.submit({{"action", "approve"}});
  EXPECT_TRUE(browser.shows("Device connected"));
  EXPECT_EQ(server.realm().device_logins().front().state, DeviceLoginState::Approved);
}

TEST(DevicePage, CanBeDeniedByWhoIsSignedIn) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  type_code(browser, ask_for_device(server));
  EXPECT_FALSE(browser.shows("name=\"password\"")) << "the session is used";
  browser.submit({{"action", "deny"}});
  EXPECT_TRUE(browser.shows("Device not connected"));
  EXPECT_EQ(server.realm().device_logins().front().state, DeviceLoginState::Denied);
}

TEST(DevicePage, AWrongCodeIsAskedForAgain) {
  Engine server(with_forms());
  PageBrowser browser(server);
  EXPECT_EQ(type_code(browser, "XXXX-XXXX").status, 400);
  EXPECT_TRUE(browser.shows("This code is wrong") && browser.shows("name=\"user_code\""));
}

TEST(LogoutPage, AsksWhereTheRequestDoesNotProveWhoIsMeant) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  browser.submit({{"action", "approve"}, {"scope", "openid"}});
  browser.open("/end-session");
  EXPECT_TRUE(browser.shows("Sign out of Forms Inc.?"));
  browser.submit({{"action", "stay"}});
  EXPECT_TRUE(browser.shows("Still signed in"));
  browser.authorize({{"scope", "openid"}});
  EXPECT_TRUE(browser.shows("Signed in as Ada"));
  browser.open("/end-session");
  browser.submit({{"action", "sign_out"}});
  EXPECT_TRUE(browser.shows("Signed out"));
  browser.authorize();
  EXPECT_TRUE(browser.shows("name=\"password\""));
}

TEST(LogoutPage, LeadsBackToTheClient) {
  Engine server(with_forms());
  PageBrowser browser(server);
  browser.authorize();
  browser.sign_in();
  browser.open("/end-session?client_id=web&state=s1&post_logout_redirect_uri=" + mimir::codec::form_encode("https://web.example/bye"));
  const auto& answer = browser.submit({{"action", "sign_out"}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.header("Location"), "https://web.example/bye?state=s1");
}

TEST(ErrorPage, IsInTheProvidersColourAndWording) {
  Engine server(plain_but({{"pages.title", "Acme"}, {"pages.colour", "#123456"}, {"pages.words", Json::object({{"error.title", "Oh no, {provider}"}})}}));
  PageBrowser browser(server);
  EXPECT_EQ(browser.authorize({{"client_id", "nobody"}}).status, 400);
  EXPECT_TRUE(browser.shows("<h1>Oh no, Acme</h1>") && browser.shows("#123456"));
}

TEST(Pages, EachWordingCanBeChangedAndNoOther) {
  const auto schema = [] {
    for (const auto& file : fixtures::embedded_fixtures()) {
      if (file.path == "schema/profile.schema.json") return Json::parse(file.content).value_or(Json());
    }
    return Json();
  }();
  const Json* known = schema.at_pointer("/definitions/page_words/properties");
  ASSERT_NE(known, nullptr);
  for (const auto& [key, usual] : usual_page_words()) EXPECT_NE(known->find(key), nullptr) << key;
  EXPECT_EQ(known->as_object()->size(), usual_page_words().size());
}

}  // namespace
}  // namespace mockoauth::server::testing
