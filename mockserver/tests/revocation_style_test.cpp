// Forms of revocation that are not RFC 7009's (knobs revocation.*), and what RFC 7009 §2.2.1 refuses.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

HttpResponse send_json_of_style(Engine& engine, std::string method, std::string target, Headers headers, const Json& body = {}) {
  if (!body.is_null()) headers.emplace_back("Content-Type", "application/json");
  return engine.realm().handle({.method = std::move(method), .target = std::move(target), .headers = std::move(headers),
                                .body = body.is_null() ? std::string() : body.dump()});
}

Json with_token(const std::string& name, const std::string& token) { return Json::object({{name, Json(token)}}); }

std::string access_token_in(const Json& tokens) { return text_at(tokens, "access_token"); }

Json web_login(Engine& engine) {
  auto request = Engine::authorization_request();
  request.set("client_id", "web");
  request.set("redirect_uri", "https://web.example/cb?tenant=1");
  request.set("scope", "openid api.read");
  auto form = Engine::code_request(location_of(engine.authorize(request)).one("code").value_or(""));
  form.remove("client_id");
  form.set("redirect_uri", "https://web.example/cb?tenant=1");
  return body_of(engine.post("/token", form, basic("web", "s3cret:/+ &=%")));
}

TEST(RevocationJson, TakesATokenInAJsonBody) {
  Engine engine(plain_but({{"revocation.style", "json"}}));
  const auto tokens = engine.login();
  auto body = with_token("token", text_at(tokens, kRefresh));
  body.set("client_id", "app");
  EXPECT_EQ(send_json_of_style(engine, "POST", "/revoke", {}, body).status, 200);
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant");
}

TEST(RevocationJson, TakesNoForm) {
  Engine engine(plain_but({{"revocation.style", "json"}}));
  const auto tokens = engine.login();
  expect_error(engine.revoke(text_at(tokens, kRefresh)), 400, "invalid_request", "application/json");
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
}

TEST(RevocationJson, AuthenticatesTheClient) {
  Engine engine(plain_but({{"revocation.style", "json"}}));
  const auto body = with_token("token", access_token_in(web_login(engine)));
  expect_error(send_json_of_style(engine, "POST", "/revoke", basic("web", "wrong"), body), 401, "invalid_client");
  EXPECT_EQ(engine.use(*body.string_at("token")).status, 200);
  EXPECT_EQ(send_json_of_style(engine, "POST", "/revoke", basic("web", "s3cret:/+ &=%"), body).status, 200);
  EXPECT_EQ(engine.use(*body.string_at("token")).status, 401);
}

TEST(RevocationRfc7009, TakesNoJson) {
  Engine engine;
  auto body = with_token("token", text_at(engine.login(), kRefresh));
  body.set("client_id", "app");
  expect_error(send_json_of_style(engine, "POST", "/revoke", {}, body), 400, "invalid_request", "x-www-form-urlencoded");
}

TEST(RevocationBearerSelf, EndsTheTokenThatIsItsCredential) {
  Engine engine(plain_but({{"revocation.style", "bearer_self"}, {"revocation.success", Json::object(
      {{"status", 200}, {"body", Json()}})}}));
  const auto tokens = engine.login();
  const auto answer = send_json_of_style(engine, "POST", "/revoke", bearer(access_token_in(tokens)));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "null") << "the JSON value, as the knob has it";
  EXPECT_EQ(engine.use(access_token_in(tokens)).status, 401);
  expect_error(engine.refresh(text_at(tokens, kRefresh)), 400, "invalid_grant");
}

TEST(RevocationBearerSelf, RefusesWhatIsNoLiveAccessToken) {
  Engine engine(plain_but({{"revocation.style", "bearer_self"}}));
  const auto tokens = engine.login();
  for (const auto& token : {std::string("garbage"), text_at(tokens, kRefresh)}) {
    const auto answer = send_json_of_style(engine, "POST", "/revoke", bearer(token));
    expect_error(answer, 401, "invalid_token");
    EXPECT_EQ(answer.header("WWW-Authenticate").value_or("").find("Bearer "), 0u);
  }
  EXPECT_EQ(send_json_of_style(engine, "POST", "/revoke", {}).status, 401);
  EXPECT_EQ(engine.revoke(access_token_in(tokens)).status, 401) << "in a form it is not read";
  EXPECT_EQ(engine.refresh(text_at(tokens, kRefresh)).status, 200);
  send_json_of_style(engine, "POST", "/revoke", bearer(access_token_in(tokens)));
  EXPECT_EQ(send_json_of_style(engine, "POST", "/revoke", bearer(access_token_in(tokens))).status, 401) << "the second time";
}

TEST(RevocationRestDelete, OfTheHolder) {
  Engine engine(plain_but({{"revocation.style", "rest_delete"},
                           {"endpoints", Json::object({{"revocation", "{origin}/me/permissions"}})},
                           {"revocation.success", Json::object({{"status", 200}, {"body", Json::object(
                               {{"success", true}})}})}}));
  const auto token = access_token_in(engine.login());
  EXPECT_EQ(send_json_of_style(engine, "POST", "/me/permissions", bearer(token)).status, 405);
  EXPECT_EQ(send_json_of_style(engine, "DELETE", "/me/permissions", bearer("garbage")).status, 401);
  EXPECT_EQ(engine.use(token).status, 200);
  const auto answer = send_json_of_style(engine, "DELETE", "/me/permissions", bearer(token));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"success":true})");
  EXPECT_EQ(engine.use(token).status, 401);
}

TEST(RevocationRestDelete, OfTheClientThatTheUrlNames) {
  Engine engine(plain_but({{"revocation.style", "rest_delete"},
                           {"endpoints", Json::object({{"revocation", "{origin}/applications/{client_id}/token"}})},
                           {"revocation.success", Json::object({{"status", 204}, {"body", ""}})}}));
  const auto token = access_token_in(web_login(engine));
  const auto body = with_token("access_token", token);
  const auto credentials = basic("web", "s3cret:/+ &=%");
  expect_error(send_json_of_style(engine, "DELETE", "/applications/web/token", {}, body), 401, "invalid_client");
  expect_error(send_json_of_style(engine, "DELETE", "/applications/app/token", credentials, body), 401, "invalid_client");
  expect_error(send_json_of_style(engine, "DELETE", "/applications/web/token", credentials), 400, "invalid_request");
  EXPECT_EQ(send_json_of_style(engine, "DELETE", "/applications//token", credentials, body).status, 404);
  EXPECT_EQ(engine.use(token).status, 200);
  const auto answer = send_json_of_style(engine, "DELETE", "/applications/web/token", credentials, body);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(engine.use(token).status, 401);
}

TEST(RevocationTokens, OfATypeThatCannotBeRevokedAreRefused) {
  Engine only_refresh(plain_but({{"revocation.tokens", Json::array({"refresh_token"})}}));
  const auto tokens = only_refresh.login();
  expect_error(only_refresh.revoke(access_token_in(tokens)), 400, "unsupported_token_type", "access tokens");
  EXPECT_EQ(only_refresh.last().clause, "RFC 7009 §2.2.1");
  EXPECT_EQ(only_refresh.use(access_token_in(tokens)).status, 200);
  EXPECT_EQ(only_refresh.revoke(text_at(tokens, kRefresh)).status, 200);

  Engine only_access(plain_but({{"revocation.tokens", Json::array({"access_token"})}}));
  const auto others = only_access.login();
  expect_error(only_access.revoke(text_at(others, kRefresh)), 400, "unsupported_token_type", "refresh tokens");
  EXPECT_EQ(only_access.revoke(access_token_in(others)).status, 200);
}

TEST(RevocationNone, IsServedNowhere) {
  Engine engine(plain_but({{"revocation.style", "none"}}));
  EXPECT_EQ(engine.revoke(text_at(engine.login(), kRefresh)).status, 404);
}

// Every profile that says how it revokes has an address where that is done.
TEST(RevocationStyles, AreServedByEveryProfileThatHasOne) {
  for (const auto& id : Profile::ids()) {
    const auto profile = Profile::find(id);
    ASSERT_TRUE(profile);
    if (profile->text("kind") != "oauth" || profile->text("revocation.style") == "none") continue;
    if (!profile->knob("endpoints").find("revocation")) continue;
    mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
    RealmOptions options;
    options.profile = *profile;
    options.base_url = "http://127.0.0.1:4321";
    Realm realm(options, clock);
    const auto url = *profile->knob("endpoints").string_at("revocation");
    auto target = url.substr(url.find('/', url.find("://") + 3));
    if (const auto place = target.find("{client_id}"); place != std::string::npos) target.replace(place, 11, "app");
    if (target.find('{') != std::string::npos) continue;  // Filled in from params; origins_test covers those.
    const auto answer = realm.handle({.method = "PATCH", .target = target, .headers = {{"User-Agent", "test/1"}}});
    EXPECT_EQ(answer.status, 405) << id << " " << target << " " << answer.body;
    const auto method = profile->text("revocation.style") == "rest_delete" ? "DELETE" : "POST";
    EXPECT_NE(answer.header("Allow").value_or("").find(method), std::string::npos) << id;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
