// The configuration of another mock server: its own examples are taken, its issuers answer where they did, its mappings
// put the claims into the tokens.
#include <gmock/gmock.h>

#include <mockoauth/server/json_config.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kTwoIssuers = R"({
  "interactiveLogin": false,
  "httpServer": "NettyWrapper",
  "loginPagePath": "/app/login.html",
  "tokenCallbacks": [
    {"issuerId": "issuer1", "tokenExpiry": 120, "requestMappings": [
      {"requestParam": "scope", "match": "scope1", "claims": {"sub": "subByScope", "aud": ["audByScope"]}},
      {"requestParam": "client_id", "match": "machine.*", "typeHeader": "at+jwt", "claims": {"sub": "${clientId}", "seen": "as ${client_id}"}}]},
    {"issuerId": "Azure_AD", "requestMappings": [
      {"requestParam": "login_hint", "claims": {"sub": "0-${login_hint}", "email": "${login_hint}@example.com", "groups": ["a", "b"]}}]}
  ]})";

class JsonConfigured : public ::testing::Test {
 protected:
  void serve(const char* text) {
    config_ = std::make_unique<JsonConfig>(*JsonConfig::parse(text, "config.json"));
    for (const auto& id : config_->issuers()) ASSERT_TRUE(server_.create_realm(config_->realm_of(id)));
    server_.set_defaults({.at_any_path = [this](const std::string& id) { return std::optional(config_->realm_of(id)); }});
  }
  HttpResponse get(std::string target) { return server_.handle({.method = "GET", .target = std::move(target)}); }
  HttpResponse token(const std::string& issuer, const Parameters& form, Headers headers = {}) {
    headers.emplace_back("Content-Type", std::string(kFormType));
    return server_.handle({.method = "POST", .target = "/" + issuer + "/token", .headers = std::move(headers), .body = form.encode()});
  }
  /// The access token of a whole login by a client that nobody has registered.
  Json login(const std::string& issuer, const std::string& more = {}) {
    const auto answer = get("/" + issuer + "/authorize?response_type=code&client_id=any&scope=openid&nonce=n&redirect_uri=http://app.example/cb" + more);
    EXPECT_EQ(answer.status, 303) << answer.body;
    const auto tokens = token(issuer, {{"grant_type", "authorization_code"}, {"code", location_of(answer).one("code").value_or("")},
                                       {"client_id", "any"}, {"client_secret", "whatever"}, {"redirect_uri", "http://app.example/cb"}});
    EXPECT_EQ(tokens.status, 200) << tokens.body;
    return body_of(tokens);
  }

  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server_{clock_, "http://127.0.0.1:4321"};
  std::unique_ptr<JsonConfig> config_;
};

TEST_F(JsonConfigured, IssuersAnswerAtTheirPaths) {
  serve(kTwoIssuers);
  for (const char* issuer : {"issuer1", "Azure_AD", "nobody-told-it"}) {
    const std::string base = "http://127.0.0.1:4321/" + std::string(issuer);
    const auto metadata = body_of(get("/" + std::string(issuer) + "/.well-known/openid-configuration"));
    EXPECT_EQ(metadata.string_at("issuer"), base);
    EXPECT_EQ(metadata.string_at("authorization_endpoint"), base + "/authorize");
    EXPECT_EQ(metadata.string_at("token_endpoint"), base + "/token");
    EXPECT_EQ(metadata.string_at("jwks_uri"), base + "/jwks");
    EXPECT_EQ(metadata.string_at("end_session_endpoint"), base + "/endsession");
    EXPECT_EQ(metadata.string_at("introspection_endpoint"), base + "/introspect");
    EXPECT_EQ(body_of(get("/.well-known/oauth-authorization-server/" + std::string(issuer))).string_at("issuer"), base);
  }
  EXPECT_EQ(get("/nobody/knows").status, 404);
  EXPECT_EQ(server_.realms().size(), 3u);
}

TEST_F(JsonConfigured, ClaimsComeByTheTokenRequest) {
  serve(kTwoIssuers);
  const auto tokens = body_of(token("issuer1", {{"grant_type", "client_credentials"}, {"scope", "scope1"}, {"client_id", "x"}, {"client_secret", "y"}}));
  const auto access = text_at(tokens, "access_token");
  ASSERT_FALSE(access.empty()) << tokens.dump();
  const auto claims = claims_of(access);
  EXPECT_EQ(claims.string_at("sub"), "subByScope");
  EXPECT_EQ(claims.at_pointer("/aud/0")->as_string()->compare("audByScope"), 0);
  EXPECT_EQ(claims.string_at("iss"), "http://127.0.0.1:4321/issuer1");
  EXPECT_EQ(*claims.int_at("exp") - *claims.int_at("iat"), 120);
  EXPECT_EQ(mimir::codec::Jws::parse(access)->header.string_at("typ"), "JWT");

  const auto machine = body_of(token("issuer1", {{"grant_type", "client_credentials"}, {"scope", "other"}, {"client_id", "machine-7"}, {"client_secret", "y"}}));
  const auto by_client = claims_of(text_at(machine, "access_token"));
  EXPECT_EQ(by_client.string_at("sub"), "machine-7");
  EXPECT_EQ(by_client.string_at("seen"), "as machine-7");
  EXPECT_EQ(mimir::codec::Jws::parse(text_at(machine, "access_token"))->header.string_at("typ"), "at+jwt");

  const auto neither = body_of(token("issuer1", {{"grant_type", "client_credentials"}, {"scope", "other"}, {"client_id", "x"}, {"client_secret", "y"}}));
  EXPECT_EQ(claims_of(text_at(neither, "access_token")).string_at("sub"), "x");
}

TEST_F(JsonConfigured, ClaimsComeByTheAuthorizationRequestEverywhere) {
  serve(kTwoIssuers);
  const auto tokens = login("Azure_AD", "&login_hint=F00");
  for (const char* name : {"access_token", "id_token"}) {
    const auto claims = claims_of(text_at(tokens, name));
    EXPECT_EQ(claims.string_at("sub"), "0-F00") << name;
    EXPECT_EQ(claims.string_at("email"), "F00@example.com") << name;
    EXPECT_EQ(claims.find("groups")->as_array()->size(), 2u) << name;
  }
  EXPECT_EQ(claims_of(text_at(tokens, "id_token")).string_at("aud"), "any");
  const auto info = server_.handle({.method = "GET", .target = "/Azure_AD/userinfo", .headers = bearer(text_at(tokens, "access_token"))});
  EXPECT_EQ(body_of(info).string_at("sub"), "0-F00") << info.body;

  EXPECT_EQ(claims_of(text_at(login("Azure_AD"), "access_token")).string_at("sub"), "ada");
}

TEST_F(JsonConfigured, RefreshTokensRotateOnlyWhenToldTo) {
  serve(R"({"rotateRefreshToken": true})");
  const auto first = text_at(login("default"), kRefresh);
  const auto again = text_at(token("default", {{"grant_type", "refresh_token"}, {"client_id", "any"}, {"refresh_token", first}}), kRefresh);
  EXPECT_NE(again, first);
  EXPECT_FALSE(again.empty());
}

TEST_F(JsonConfigured, ByDefaultARefreshTokenStays) {
  serve("{}");
  const auto first = text_at(login("default"), kRefresh);
  const auto again = token("default", {{"grant_type", "refresh_token"}, {"client_id", "any"}, {"refresh_token", first}});
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(text_at(again, kRefresh).empty() || text_at(again, kRefresh) == first);
}

TEST_F(JsonConfigured, InteractiveLoginAsksWhoItIs) {
  serve(R"({"interactiveLogin": true})");
  const std::string request = "/default/authorize?response_type=code&client_id=any&scope=openid&redirect_uri=http://app.example/cb";
  const auto page = get(request);
  ASSERT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("name=\"username\""));
  EXPECT_THAT(page.body, HasSubstr("name=\"claims\""));
  EXPECT_THAT(page.body, Not(HasSubstr("type=\"password\"")));
  const auto cookie = *page.header("Set-Cookie");
  const auto mark = page.body.find("name=\"interaction\" value=\"") + 26;
  const auto interaction = page.body.substr(mark - 0, page.body.find('"', mark) - mark);
  const auto post = [&](Parameters fields) {
    fields.add("interaction", interaction);
    fields.add("action", "sign_in");
    return server_.handle({.method = "POST",
                           .target = "/default/interaction",
                           .headers = {{"Content-Type", std::string(kFormType)}, {"Cookie", cookie.substr(0, cookie.find(';'))}},
                           .body = fields.encode()});
  };
  EXPECT_THAT(post({{"username", "grace"}, {"claims", "[1]"}}).body, HasSubstr("claims as a JSON object"));

  const auto answer = post({{"username", "grace"}, {"claims", R"({"pid": "12345"})"}});

  ASSERT_EQ(answer.status, 303) << answer.body;
  const auto tokens = token("default", {{"grant_type", "authorization_code"}, {"code", location_of(answer).one("code").value_or("")},
                                        {"client_id", "any"}, {"client_secret", "x"}, {"redirect_uri", "http://app.example/cb"}});
  const auto claims = claims_of(text_at(body_of(tokens), "id_token"));
  EXPECT_EQ(claims.string_at("sub"), "grace");
  EXPECT_EQ(claims.string_at("pid"), "12345");
}

TEST_F(JsonConfigured, SignsAsToldAndKnowsTheTime) {
  serve(R"({"tokenProvider": {"keyProvider": {"algorithm": "ES256"}, "systemTime": "2020-01-21T00:00:00Z"}})");
  const auto access_token = text_at(login("an-issuer-of-no-callback"), "access_token");
  const auto jws = mimir::codec::Jws::parse(access_token);
  EXPECT_EQ(jws->header.string_at("alg"), "ES256");
  clock_.advance(1h);
  for (const auto& token : {access_token, text_at(login("an-issuer-of-no-callback"), "access_token")}) {
    EXPECT_EQ(claims_of(token).int_at("iat"), 1'579'564'800);
  }
}

TEST_F(JsonConfigured, ACodeThatNobodyIssuedIsTaken) {  // as often as it comes: suites map claims to codes they invent
  serve(R"({"interactiveLogin": true, "tokenCallbacks": [{"issuerId": "issuer1", "tokenExpiry": 120, "requestMappings": [
    {"requestParam": "code", "match": "code1", "claims": {"sub": "subByCode", "aud": ["audByCode"]}}]}]})");
  for (int round = 0; round < 2; ++round) {
    const auto answer = token("issuer1", {{"grant_type", "authorization_code"}, {"code", "code1"}, {"client_id", "any"},
                                          {"client_secret", "x"}, {"redirect_uri", "http://app.example/cb"}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto body = body_of(answer);
    const auto claims = claims_of(text_at(body, "access_token"));
    EXPECT_EQ(claims.string_at("sub"), "subByCode");
    EXPECT_EQ(claims.find("aud")->dump(), R"(["audByCode"])");
    EXPECT_EQ(claims.int_at("exp").value_or(0) - claims.int_at("iat").value_or(0), 120);
    EXPECT_EQ(claims_of(text_at(body, "id_token")).string_at("sub"), "subByCode");
    EXPECT_EQ(token("issuer1", {{"grant_type", "refresh_token"}, {"refresh_token", text_at(body, "refresh_token")},
                                {"client_id", "any"}, {"client_secret", "x"}}).status, 200);
  }
}

TEST(JsonConfigFile, SaysWhatMeansNothingHere) {
  EXPECT_THAT(JsonConfig::parse(kTwoIssuers, "config.json")->notes(),
              ElementsAre(HasSubstr("loginPagePath is ignored"), HasSubstr("httpServer is ignored")));
  EXPECT_THAT(JsonConfig::parse(R"({"httpServer": {"type": "NettyWrapper", "ssl": {}}})", "c")->notes(), ElementsAre(HasSubstr("--tls")));
  EXPECT_TRUE(JsonConfig::parse("{}", "c")->notes().empty());
}

TEST(JsonConfigFile, RefusesWhatItDoesNotKnowWithItsPlace) {
  const auto refused = [](const char* text, std::string_view pointer, const char* word) {
    const auto config = JsonConfig::parse(text, "config.json");
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().pointer, pointer) << text;
    EXPECT_THAT(config.error().to_string(), HasSubstr("config.json:1:")) << text;
    EXPECT_THAT(config.error().message, HasSubstr(word)) << text;
  };
  refused(R"({"interactivLogin": true})", "/interactivLogin", "interactiveLogin");
  refused(R"({"httpServer": "Jetty"})", "/httpServer", "NettyWrapper");
  refused(R"({"tokenProvider": {"systemTime": "yesterday"}})", "/tokenProvider/systemTime", "2020-01-21");
  refused(R"({"tokenProvider": {"keyProvider": {"algorithm": "HS256"}}})", "/tokenProvider/keyProvider/algorithm", "HS256");
  refused(R"({"tokenCallbacks": [{"issuerId": "a", "requestMappings": [{"requestParam": "x", "match": "("}]}]})",
          "/tokenCallbacks/0/requestMappings/0/match", "regular expression");
  refused(R"({"tokenCallbacks": [{"issuerId": "a", "requestMappings": [{"requestParm": "x"}]}]})",
          "/tokenCallbacks/0/requestMappings/0/requestParm", "requestParam");
  refused(R"({"tokenCallbacks": [{"issuerId": "a", "requestMappings": []}, {"issuerId": "a", "requestMappings": []}]})",
          "/tokenCallbacks/1/issuerId", "two");
  refused(R"({"tokenCallbacks": [{"issuerId": "r", "requestMappings": []}]})", "/tokenCallbacks/0/issuerId", "taken");
  refused(R"({"tokenCallbacks": [{"issuerId": "a/b", "requestMappings": []}]})", "/tokenCallbacks/0/issuerId", "");
}

TEST(RealmPath, IsOneSegmentThatNobodyElseHas) {
  const mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server(clock, "http://127.0.0.1:1");
  const auto create = [&](std::string name, std::string path) {
    const auto made = server.create_realm({.name = std::move(name), .path = std::move(path)});
    return made ? std::string() : made.error().code;
  };
  EXPECT_EQ(create("a", "/A.b_c~1"), "");
  EXPECT_EQ(create("b", "/A.b_c~1"), "realm.path");
  for (const char* bad : {"/", "a", "/a/b", "/r", "/_mock", "/.well-known", "/..", "/a b", "/a?b"}) EXPECT_EQ(create("b", bad), "realm.path") << bad;
  const auto jwks = [&](const char* target) { return server.handle({.method = "GET", .target = target}).status; };
  EXPECT_EQ(jwks("/A.b_c~1/jwks"), 200);
  EXPECT_EQ(jwks("/r/a/jwks"), 200) << "its name leads there, too";
  EXPECT_EQ(jwks("/a.b_c~1/jwks"), 404);
  EXPECT_TRUE(server.drop_realm("a"));
  EXPECT_EQ(jwks("/A.b_c~1/jwks"), 404);
  EXPECT_EQ(create("b", "/A.b_c~1"), "");
}

}  // namespace
}  // namespace mockoauth::server::testing
