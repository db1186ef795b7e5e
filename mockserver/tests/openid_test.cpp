// OpenID Connect: response types and modes, claims, acr, userinfo, logout (OIDC Core, RP-Initiated Logout 1.0).
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::base64url_encode;
using mimir::codec::sha256;

constexpr const char* kWebRedirect = "https://web.example/cb?tenant=1";

Profile with_types(std::initializer_list<Json> types) {
  return plain_but({{"authorize.response_types", Json(Json::Array(types))}});
}

std::string half_hash(std::string_view text) { return base64url_encode(sha256(text).substr(0, 16)); }

TEST(AuthorizeNoTokenInFrontChannel, UnlessAProfileSaysSo) {
  Engine engine;
  for (const char* type : {"token", "id_token", "id_token token", "code token", "none"}) {
    EXPECT_EQ(location_of(engine.authorize_but({{"response_type", type}})).one("error"), "unsupported_response_type");
  }
  Engine open(with_types({"code", "token"}));
  EXPECT_TRUE(location_of(open.authorize_but({{"response_type", "token"}})).one("access_token"));
}

TEST(ResponseTypeToken, ComesInTheFragmentAndWorks) {
  Engine engine(with_types({"token"}));
  const auto response = engine.authorize_but({{"response_type", "token"}});
  const auto answer = location_of(response);
  EXPECT_NE(response.header("Location").value_or("").find("/callback#"), std::string::npos);
  EXPECT_EQ(answer.one("token_type"), "Bearer");
  EXPECT_EQ(answer.one("expires_in"), "3600");
  EXPECT_EQ(answer.one("scope"), "openid api.read");  // OIDC Core §11: no offline_access without a code.
  EXPECT_EQ(engine.use(answer.one("access_token").value_or("")).status, 200);
  EXPECT_EQ(location_of(engine.authorize_but({{"response_type", "token"}, {"response_mode", "query"}})).one("error"),
            "invalid_request");
}

TEST(ResponseTypeHybrid, HashesTieThePartsTogether) {
  Engine engine(with_types({"code id_token token"}));
  const auto answer = location_of(engine.authorize_but({{"response_type", "id_token token code"}, {"nonce", "n"}}));
  const auto claims = claims_of(answer.one("id_token").value_or(""));
  EXPECT_EQ(claims.string_at("at_hash"), half_hash(answer.one("access_token").value_or("")));
  EXPECT_EQ(claims.string_at("c_hash"), half_hash(answer.one("code").value_or("")));
  EXPECT_EQ(claims.string_at("nonce"), "n");
  EXPECT_EQ(engine.redeem(answer.one("code").value_or("")).status, 200);
}

TEST(ResponseTypeIdToken, NeedsANonceAndBringsTheClaims) {
  Engine engine(with_types({"id_token"}));
  const auto answer = location_of(engine.authorize_but({{"response_type", "id_token"}, {"nonce", "n"},
                                                        {"scope", "openid email"}}));
  const auto claims = claims_of(answer.one("id_token").value_or(""));
  EXPECT_EQ(claims.string_at("email"), "ada@example.org");  // OIDC Core §5.4: no userinfo to fetch it from.
  EXPECT_EQ(claims.find("at_hash"), nullptr);
  EXPECT_EQ(location_of(engine.authorize_but({{"response_type", "id_token"}})).one("error"), "invalid_request");
  EXPECT_EQ(location_of(engine.authorize_but({{"response_type", "id_token"}, {"nonce", "n"}, {"scope", "api.read"}}))
                .one("error"), "invalid_request");
}

TEST(ResponseTypeNone, BringsNothingButState) {
  Engine engine(with_types({"none"}));
  const auto answer = location_of(engine.authorize_but({{"response_type", "none"}}));
  EXPECT_EQ(answer.one("state"), "xyz");
  EXPECT_EQ(answer.count("code") + answer.count("access_token") + answer.count("error"), 0u);
}

TEST(ResponseTypeOfTheClient, AnotherIsUnauthorized) {
  Engine engine(with_types({"code", "token"}));
  engine.realm().add_client({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"},
                             .response_types = {"code"}});
  EXPECT_EQ(location_of(engine.authorize_but({{"response_type", "token"}})).one("error"), "unauthorized_client");
  EXPECT_TRUE(location_of(engine.authorize_but({})).one("code"));
}

TEST(ResponseModeFormPost, IsAFormThatWorksWithoutScript) {
  Engine engine;
  const auto page = engine.authorize_but({{"response_mode", "form_post"}, {"state", "\"><script>"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("<form method=\"post\" action=\"http://127.0.0.1:5555/callback\">"), std::string::npos);
  EXPECT_NE(page.body.find("name=\"state\" value=\"&quot;&gt;&lt;script&gt;\""), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("<button>"), std::string::npos);
  const auto script = page.body.substr(page.body.find("<script>") + 8);
  const auto hash = mimir::codec::base64_encode(sha256(script.substr(0, script.find("</script>"))));
  EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("'sha256-" + hash + "'"), std::string::npos);
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_NE(engine.authorize_but({{"response_mode", "form_post"}, {"scope", "root"}}).body.find("invalid_scope"),
            std::string::npos);
}

TEST(ResponseModeFragment, CarriesACodeToo) {
  Engine engine;
  const auto response = engine.authorize_but({{"response_mode", "fragment"}});
  EXPECT_NE(response.header("Location").value_or("").find("/callback#code="), std::string::npos);
}

TEST(ResponseModePage, ShowsTheCodeForCopying) {
  Engine engine(plain_but({{"redirect.manual_uris", Json::array({"https://provider.example/show"})},
                           {"authorize.manual_code", "code#state"}}));
  const auto page = engine.authorize_but({{"redirect_uri", "https://provider.example/show"}});
  EXPECT_EQ(page.status, 200);
  const auto code = page.body.substr(page.body.find("<code id=\"code\">") + 16, 43);
  EXPECT_NE(page.body.find(code + "#xyz</code>"), std::string::npos) << page.body;
  EXPECT_EQ(engine.redeem_but(code, {{"redirect_uri", "https://provider.example/show"}}).status, 200);
}

TEST(ClaimsParameter, NamesWhatGoesWhere) {
  Engine engine;
  const auto tokens = engine.login({{"scope", "openid"},
                                    {"claims", R"({"userinfo":{"name":null},"id_token":{"email":{"essential":true}}})"}});
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).string_at("email"), "ada@example.org");
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).find("name"), nullptr);
  EXPECT_EQ(body_of(engine.get("/userinfo", bearer(text_at(tokens, "access_token")))),
            Json::object({{"sub", "ada"}, {"name", "Ada Lovelace"}}));
}

TEST(ClaimsParameter, MalformedIsRefused) {
  for (const char* claims : {"{", "[]", R"({"userinfo":1})", R"({"id_token":{"acr":1}})",
                             R"({"id_token":{"acr":{"essential":"yes"}}})", R"({"id_token":{"acr":{"values":"x"}}})"}) {
    Engine engine;
    EXPECT_EQ(location_of(engine.authorize_but({{"claims", claims}})).one("error"), "invalid_request") << claims;
  }
}

TEST(ClaimsParameter, AnotherSubjectIsLoginRequired) {
  Engine engine;
  EXPECT_EQ(location_of(engine.authorize_but({{"claims", R"({"id_token":{"sub":{"value":"bob"}}})"}})).one("error"),
            "login_required");
  EXPECT_TRUE(location_of(engine.authorize_but({{"claims", R"({"id_token":{"sub":{"value":"ada"}}})"}})).one("code"));
}

TEST(AcrValues, ChooseTheSignIn) {
  Engine engine;
  const auto claims = claims_of(text_at(engine.login({{"acr_values", "banana mfa"}}), "id_token"));
  EXPECT_EQ(claims.string_at("acr"), "mfa");
  EXPECT_EQ(*claims.find("amr"), Json::array({"pwd", "otp", "mfa"}));
  EXPECT_EQ(claims_of(text_at(engine.login(), "id_token")).string_at("acr"), "pwd");
}

TEST(AcrValues, ThatCannotBeMetAreRefusedWhereStepUpIsSpoken) {
  const char* essential = R"({"id_token":{"acr":{"essential":true,"values":["banana"]}}})";
  Engine engine;
  EXPECT_EQ(location_of(engine.authorize_but({{"acr_values", "banana"}})).one("error"),
            "unmet_authentication_requirements");
  EXPECT_EQ(location_of(engine.authorize_but({{"claims", essential}})).one("error"),
            "unmet_authentication_requirements");
  Engine core(plain_but({{"extensions", Json::array()}}));
  EXPECT_EQ(claims_of(text_at(core.login({{"acr_values", "banana"}}), "id_token")).string_at("acr"), "pwd");
  EXPECT_EQ(location_of(core.authorize_but({{"claims", essential}})).one("error"),
            "unmet_authentication_requirements");
}

TEST(OpUnknownParameters, AreNoError) {
  Engine engine;
  EXPECT_TRUE(location_of(engine.authorize_but({{"display", "touch"}, {"ui_locales", "xx"}, {"claims_locales", "de"},
                                                {"banana", "1"}})).one("code"));
}

TEST(OpOfflineAccess, IsIgnoredWithoutACode) {
  Engine engine(with_types({"code", "token"}));
  EXPECT_EQ(location_of(engine.authorize_but({{"response_type", "token"}})).one("scope"), "openid api.read");
  EXPECT_EQ(engine.login().string_at("scope"), "openid api.read offline_access");
}

TEST(OpUserinfoSubject, IsThatOfTheIdToken) {
  Engine engine;
  const auto tokens = engine.login();
  const auto info = engine.get("/userinfo", bearer(text_at(tokens, "access_token")));
  EXPECT_EQ(text_at(info, "sub"), claims_of(text_at(tokens, "id_token")).string_at("sub"));
}

TEST(OpUserinfoNeedsToken, OrChallenges) {
  Engine engine;
  for (const auto& response : {engine.get("/userinfo"), engine.get("/userinfo", bearer("bad"))}) {
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.header("WWW-Authenticate").value_or("").rfind("Bearer ", 0), 0u);
  }
}

TEST(OpUserinfoSigned, ByRegistration) {
  Engine engine;
  ClientRegistration client{.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}};
  client.metadata = Json::object({{"userinfo_signed_response_alg", "RS256"}});
  engine.realm().add_client(client);
  const auto info = engine.get("/userinfo", bearer(text_at(engine.login(), "access_token")));
  EXPECT_EQ(info.header("Content-Type"), "application/jwt");
  EXPECT_EQ(claims_of(info.body).string_at("aud"), "app");
  EXPECT_EQ(claims_of(info.body).string_at("iss"), engine.realm().issuer());
  EXPECT_EQ(claims_of(info.body).string_at("sub"), "ada");
}

TEST(EndSession, SignsOutAndLeadsBack) {
  Engine engine;
  Parameters request{{"response_type", "code"}, {"client_id", "web"}, {"redirect_uri", kWebRedirect},
                     {"scope", "openid"}};
  const auto cookie = cookie_of(engine.authorize(request));
  Parameters silent = request;
  silent.set("prompt", "none");
  ASSERT_TRUE(location_of(engine.authorize(silent, cookie)).one("code"));
  const Parameters logout{{"client_id", "web"}, {"post_logout_redirect_uri", "https://web.example/bye"},
                          {"state", "s&1"}};

  const auto response = engine.get("/end-session?" + logout.encode(), cookie);

  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(response.header("Location"), "https://web.example/bye?state=s%261");
  EXPECT_NE(response.header("Set-Cookie").value_or("").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(location_of(engine.authorize(silent, cookie)).one("error"), "login_required");
}

TEST(EndSession, LeadsNowhereUnregistered) {
  Engine engine;
  const auto hint = text_at(engine.login(), "id_token");
  for (const auto& logout : {Parameters{{"post_logout_redirect_uri", "https://web.example/bye"}},
                             Parameters{{"client_id", "web"}, {"post_logout_redirect_uri", "https://web.example/bye/"}},
                             Parameters{{"client_id", "web"}, {"id_token_hint", hint}},
                             Parameters{{"id_token_hint", "a.b.c"}}}) {
    const auto response = engine.post("/end-session", logout);
    EXPECT_EQ(response.status, 400) << logout.encode();
    EXPECT_FALSE(response.header("Location"));
  }
  EXPECT_EQ(engine.get("/end-session").status, 200);
}

TEST(EndSession, AsksWithoutAHintThatFits) {
  Engine engine;
  const auto answer = engine.authorize_but({});
  const auto cookie = cookie_of(answer);
  const auto tokens = body_of(engine.redeem(location_of(answer).one("code").value_or("")));
  engine.realm().decide(UserDecision::Deny);
  EXPECT_FALSE(engine.get("/end-session", cookie).header("Set-Cookie"));
  engine.advance(24h);  // The hint has expired; it counts all the same.
  const auto fresh = cookie_of(engine.authorize_but({}));
  EXPECT_TRUE(engine.get("/end-session?id_token_hint=" + text_at(tokens, "id_token"), fresh).header("Set-Cookie"));
}

TEST(EndSession, EndsTheTokensWhereAKnobSaysSo) {
  Engine engine(plain_but({{"refresh.dies_on", Json::array({"session_end"})}}));
  const auto answer = engine.authorize_but({});
  const auto tokens = body_of(engine.redeem(location_of(answer).one("code").value_or("")));
  engine.get("/end-session", cookie_of(answer));
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant");
}

}  // namespace
}  // namespace mockoauth::server::testing
