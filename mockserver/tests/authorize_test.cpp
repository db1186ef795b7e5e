// Authorization endpoint: requests in general (RFC 6749 §3.1, §4.1.1, §4.1.2).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

// RFC 6749 §4.1.2.1: while client or redirect URI are in doubt, the person is told and nobody else.
void expect_page(const HttpResponse& response, std::string_view part) {
  EXPECT_EQ(response.status, 400);
  EXPECT_FALSE(response.header("Location"));
  EXPECT_EQ(response.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(response.body.find(part), std::string::npos) << response.body;
}

void expect_redirect_error(const HttpResponse& response, std::string_view code) {
  EXPECT_EQ(response.status, 303) << response.body;
  const auto parameters = location_of(response);
  EXPECT_EQ(parameters.one("error"), code) << response.header("Location").value_or("");
  EXPECT_EQ(parameters.one("state"), "xyz");
  EXPECT_EQ(parameters.one("iss"), "http://127.0.0.1:4321");
  EXPECT_FALSE(parameters.one("code"));
  EXPECT_EQ(response.header("Location")->rfind(kRedirect, 0), 0u);
}

TEST(AuthorizeGet, AnswersWithCodeStateAndIss) {
  Engine engine;

  const auto response = engine.authorize(Engine::authorization_request());

  EXPECT_EQ(response.status, 303);
  const auto parameters = location_of(response);
  EXPECT_TRUE(parameters.one("code"));
  EXPECT_EQ(parameters.one("state"), "xyz");
  EXPECT_EQ(parameters.one("iss"), engine.realm().issuer());
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(response.header("Referrer-Policy"), "no-referrer");
}

TEST(AuthorizeGet, WorksByPostAsWell) {
  Engine engine;

  const auto response = engine.post("/authorize", Engine::authorization_request());

  EXPECT_EQ(response.status, 303);
  EXPECT_TRUE(location_of(response).one("code"));
}

TEST(AuthorizeUnknownParameterIgnored, Holds) {
  Engine engine;
  EXPECT_TRUE(location_of(engine.authorize_but({{"display", "popup"}, {"ui_locales", "de"}})).one("code"));
}

TEST(AuthorizeEmptyParameterAsAbsent, Holds) {
  Engine engine;
  auto parameters = Engine::authorization_request();
  parameters.set("scope", "");

  EXPECT_TRUE(location_of(engine.authorize(parameters)).one("code"));
}

TEST(AuthorizeParameterRepeated, IsRefusedByRedirect) {
  for (const char* name : {"response_type", "scope", "code_challenge", "nonce"}) {
    Engine engine;
    auto parameters = Engine::authorization_request();
    parameters.add(name, "x");
    parameters.add(name, "x");

    expect_redirect_error(engine.authorize(parameters), "invalid_request");
  }
}

TEST(AuthorizeParameterRepeated, AmbiguousStateIsNotEchoed) {
  Engine engine;
  auto parameters = Engine::authorization_request();
  parameters.add("state", "other");

  const auto answer = location_of(engine.authorize(parameters));

  EXPECT_EQ(answer.one("error"), "invalid_request");
  EXPECT_EQ(answer.count("state"), 0u);
}

TEST(AuthorizeResponseTypeMissing, IsInvalidRequest) {
  Engine engine;
  expect_redirect_error(engine.authorize_but({{"response_type", ""}}), "invalid_request");
}

TEST(AuthorizeResponseTypeUnsupported, IsRefusedByName) {
  for (const char* type : {"banana", "token", "code id_token", "id_token", "CODE"}) {
    Engine engine;
    expect_redirect_error(engine.authorize_but({{"response_type", type}}), "unsupported_response_type");
  }
}

TEST(AuthorizeResponseMode, UnknownIsRefused) {
  Engine engine;
  expect_redirect_error(engine.authorize_but({{"response_mode", "banana"}}), "invalid_request");
}

TEST(AuthorizeClientUnknown, IsShownToThePerson) {
  Engine engine;
  expect_page(engine.authorize_but({{"client_id", "nobody"}}), "client_id is not registered");
  EXPECT_EQ(engine.last().clause, "RFC 6749 §4.1.2.1");
}

TEST(AuthorizeClientMissing, IsShownToThePerson) {
  Engine engine;
  expect_page(engine.authorize_but({{"client_id", ""}}), "client_id is missing");
}

TEST(AuthorizeClientRepeated, IsShownToThePerson) {
  Engine engine;
  auto parameters = Engine::authorization_request();
  parameters.add("client_id", "other");
  expect_page(engine.authorize(parameters), "client_id is repeated");
}

TEST(AuthorizeScopeInvalid, IsRefusedByName) {
  Engine engine;
  expect_redirect_error(engine.authorize_but({{"scope", "openid root"}}), "invalid_scope");
  EXPECT_NE(engine.last().reason.find("root"), std::string::npos);
}

TEST(AuthorizeScopeInvalid, OfTheClientCountsNotOfTheRealm) {
  Engine engine;
  const auto response = engine.authorize_but(
      {{"client_id", "web"}, {"redirect_uri", "https://web.example/cb?tenant=1"}, {"scope", "api.write"}});
  EXPECT_EQ(location_of(response).one("error"), "invalid_scope");
}

TEST(AuthorizeScopeInvalid, UnknownOnesMayBeDroppedOrGrantedByKnob) {
  Engine dropping(plain_but({{"scope.unknown", "drop"}}));
  Engine granting(plain_but({{"scope.unknown", "grant"}}));

  EXPECT_EQ(dropping.login({{"scope", "api.read root"}}).string_at("scope"), "api.read");
  EXPECT_EQ(granting.login({{"scope", "api.read root"}}).string_at("scope"), "api.read root");
}

TEST(AuthorizeScopeDefault, LeavesOutWhatMustBeAskedFor) {
  Engine engine;

  const auto tokens = engine.login({{"scope", ""}});

  EXPECT_EQ(tokens.string_at("scope"), "profile email api.read api.write");
  EXPECT_EQ(tokens.find("id_token"), nullptr);
}

TEST(AuthorizeStateEchoed, UnchangedWithReservedCharacters) {
  const std::string state = "a&b=c d+e%20f/?#\"<>\\ä" + std::string(2000, 'x');
  Engine engine;

  EXPECT_EQ(location_of(engine.authorize_but({{"state", state}})).one("state"), state);
}

TEST(AuthorizeStateNotInvented, Holds) {
  Engine engine;
  EXPECT_EQ(location_of(engine.authorize_but({{"state", ""}})).count("state"), 0u);
}

TEST(AuthorizeState, IsDemandedByKnob) {
  Engine engine(plain_but({{"authorize.state", "required"}}));
  EXPECT_EQ(location_of(engine.authorize_but({{"state", ""}})).one("error"), "invalid_request");
}

TEST(AuthorizeRequired, ParametersAreDemandedByKnob) {
  Engine engine(plain_but({{"authorize.required", Json::array({"audience", "owner=user"})}}));

  EXPECT_EQ(location_of(engine.authorize_but({})).one("error"), "invalid_request");
  EXPECT_EQ(location_of(engine.authorize_but({{"audience", "x"}, {"owner", "nobody"}})).one("error"),
            "invalid_request");
  EXPECT_TRUE(location_of(engine.authorize_but({{"audience", "x"}, {"owner", "user"}})).one("code"));
}

TEST(AuthorizeDenied, ComesBackAsAccessDenied) {
  Engine engine;
  engine.realm().decide(UserDecision::Deny);

  expect_redirect_error(engine.authorize_but({}), "access_denied");

  engine.realm().decide(UserDecision::Approve);
  EXPECT_FALSE(engine.code().empty());
}

TEST(AuthorizePageErrors, ByKnobTheClientNeverHearsOfThem) {
  Engine engine(plain_but({{"authorize.page_errors", Json::array({"scope_invalid"})}}));
  expect_page(engine.authorize_but({{"scope", "root"}}), "root");
}

TEST(AuthorizeErrorCharacters, StayInTheAllowedSet) {
  Engine engine;

  const auto answer = location_of(engine.authorize_but({{"scope", "a\"b\\c\r\nd<ä>\x01"}}));

  const auto description = answer.one("error_description").value_or("");
  EXPECT_FALSE(description.empty());
  for (const char c : description) {
    EXPECT_TRUE(c >= 0x20 && c <= 0x7e && c != '"' && c != '\\') << description;
  }
}

TEST(AuthorizeNotFrameable, AndItsAddressDoesNotLeak) {
  Engine engine;

  const auto page = engine.authorize_but({{"client_id", "nobody"}});

  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
}

TEST(AuthorizeNoCors, NoOriginIsLetIn) {
  Engine engine;
  const auto response =
      engine.get("/authorize?" + Engine::authorization_request().encode(), {{"Origin", "https://evil.example"}});
  EXPECT_FALSE(response.header("Access-Control-Allow-Origin"));
}

TEST(AuthorizePage, EscapesWhatItShows) {
  Engine engine(plain_but({{"authorize.page_errors", Json::array({"scope_invalid"})}}));

  const auto page = engine.authorize_but({{"scope", "<script>alert(1)</script>"}});

  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  EXPECT_NE(page.body.find("&lt;script&gt;"), std::string::npos);
}

TEST(AuthorizeResponseExtra, IsFilledInByKnob) {
  Engine engine(plain_but({{"authorize.response_extra", Json::object({{"scope", "{scope}"}, {"hd", "{user.email}"},
                                                                      {"first", "{first_consent:yes}"}})}}));

  const auto first = location_of(engine.authorize_but({{"scope", "api.read"}}));
  const auto second = location_of(engine.authorize_but({{"scope", "api.read"}}));

  EXPECT_EQ(first.one("scope"), "api.read");
  EXPECT_EQ(first.one("hd"), "ada@example.org");
  EXPECT_EQ(first.one("first"), "yes");
  EXPECT_FALSE(second.one("first"));
}

TEST(AuthorizeRules, DecideByParameters) {
  const Json rules = Json::array({
      Json::object({{"when", Json::object({{"param", Json::object({{"access_type", "offline"}})}})},
                    {"then", Json::object({{"refresh", true}})}}),
      Json::object({{"when", Json::object({{"param", Json::object({{"access_type", "*absent"}})}})},
                    {"then", Json::object({{"refresh", false}, {"access_ttl_s", 60}})}}),
      Json::object({{"when", Json::object({{"audience", "forbidden"}})},
                    {"then", Json::object({{"error", "not_entitled"}})}}),
  });
  Engine engine(plain_but({{"refresh.issue", "rule"}, {"authorize.rules", rules}}));

  const auto without = engine.login();
  const auto with = engine.login({{"access_type", "offline"}});

  EXPECT_EQ(without.find(kRefresh), nullptr);
  EXPECT_EQ(without.int_at("expires_in"), 60);
  EXPECT_NE(with.find(kRefresh), nullptr);
  EXPECT_EQ(with.int_at("expires_in"), 3600);
  EXPECT_EQ(location_of(engine.authorize_but({{"audience", "forbidden"}})).one("error"), "access_denied");
}

}  // namespace
}  // namespace mockoauth::server::testing
