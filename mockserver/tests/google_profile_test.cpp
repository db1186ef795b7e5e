// What clients of Google meet (the profile `google`): all of it is data, nothing in the engine knows the name.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

struct Google : Engine {
  Google() : Engine(*Profile::find("google")) {}
};

TEST(GoogleProfile, ServesItsPathsOnLoopback) {
  Google google;
  const auto document = body_of(google.get("/.well-known/openid-configuration"));
  EXPECT_EQ(document.string_at("issuer"), "http://127.0.0.1:4321");
  EXPECT_EQ(document.string_at("authorization_endpoint"), "http://127.0.0.1:4321/o/oauth2/v2/auth");
  EXPECT_EQ(document.string_at("token_endpoint"), "http://127.0.0.1:4321/token");
  EXPECT_EQ(document.string_at("jwks_uri"), "http://127.0.0.1:4321/oauth2/v3/certs");
  EXPECT_EQ(google.get("/.well-known/oauth-authorization-server").status, 404);
}

TEST(GoogleProfile, TokensHaveTheirPrefixesAndLife) {
  Google google;
  const auto tokens = google.login();
  EXPECT_EQ(text_at(tokens, "access_token").rfind("ya29.", 0), 0u);
  EXPECT_EQ(text_at(tokens, kRefresh).rfind("1//", 0), 0u);
  EXPECT_EQ(tokens.int_at("expires_in"), 3599);
}

TEST(GoogleProfile, KeepsTheRefreshTokenAndLeavesItOut) {
  Google google;
  const auto token = text_at(google.login(), kRefresh);
  for (int i = 0; i < 3; ++i) {
    const auto response = google.refresh(token);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(body_of(response).find(kRefresh), nullptr);
  }
}

TEST(GoogleProfile, TellsDeadRefreshTokensApartByTextOnly) {
  Google google;
  const auto token = text_at(google.login(), kRefresh);
  google.realm().revoke_all();

  const auto revoked = google.refresh(token);
  const auto unknown = google.refresh("1//garbage");

  EXPECT_EQ(body_of(revoked),
            Json::object({{"error", "invalid_grant"}, {"error_description", "Token has been expired or revoked."}}));
  EXPECT_EQ(body_of(unknown), Json::object({{"error", "invalid_grant"}, {"error_description", "Bad Request"}}));
}

TEST(GoogleProfile, ForgetsATokenThatWasIdleForHalfAYear) {
  Google google;
  const auto token = text_at(google.login(), kRefresh);
  google.advance(24h * 180);
  EXPECT_EQ(text_at(google.refresh(token), "error_description"), "Token has been expired or revoked.");
}

TEST(GoogleProfile, GivesWebClientsARefreshTokenOnlyWhenAskedAndAtTheFirstConsent) {
  Google google;
  const auto login = [&](std::initializer_list<Parameters::Pair> more) {
    auto request = Engine::authorization_request();
    request.set("client_id", "web");
    request.set("redirect_uri", "https://web.example/cb?tenant=1");
    request.set("scope", "openid");
    for (const auto& [name, value] : more) request.set(name, value);
    const auto code = location_of(google.authorize(request)).one("code").value_or("");
    return body_of(google.redeem_but(code, {{"client_id", "web"}, {"client_secret", "s3cret:/+ &=%"},
                                            {"redirect_uri", "https://web.example/cb?tenant=1"}}));
  };

  EXPECT_EQ(login({}).find(kRefresh), nullptr);
  google.realm().revoke_all();
  EXPECT_NE(login({{"access_type", "offline"}}).find(kRefresh), nullptr);
  EXPECT_EQ(login({{"access_type", "offline"}}).find(kRefresh), nullptr);
  EXPECT_NE(login({{"access_type", "offline"}, {"prompt", "consent"}}).find(kRefresh), nullptr);
}

TEST(GoogleProfile, RevokesByQueryAndAfterAMoment) {
  Google google;
  const auto tokens = google.login();

  EXPECT_EQ(google.post("/revoke?token=" + text_at(tokens, "access_token"), {}).status, 200);
  EXPECT_EQ(google.use(text_at(tokens, "access_token")).status, 200);
  google.advance(5s);

  EXPECT_EQ(google.use(text_at(tokens, "access_token")).status, 401);
  expect_error(google.post("/revoke?token=garbage", {}), 400, "invalid_token");
}

TEST(GoogleProfile, ShowsErrorsOnAPageWhereOthersRedirect) {
  Google google;
  const auto page = google.authorize_but({{"scope", "nonsense"}});
  EXPECT_EQ(page.status, 400);
  EXPECT_FALSE(page.header("Location"));
}

TEST(GoogleProfile, AcceptsJsonAndTheBodySecretButNotBasic) {
  Google google;
  expect_error(google.post("/token", {{"grant_type", "refresh_token"}, {"refresh_token", "x"}},
                           basic("web", "s3cret:/+ &=%")), 401, "invalid_client");
}

}  // namespace
}  // namespace mockoauth::server::testing
