// Proof of possession beyond the rows of the catalogue (RFC 9449).
#include "tests/requirements/dpop_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

TEST(DpopJkt, HasToBeAThumbprint) {
  Engine engine;
  for (const char* jkt : {"x", "not base64url!", "dGhpcyBpcyB0b28gc2hvcnQ"}) {
    const auto answer = location_of(engine.authorize_but({{"dpop_jkt", jkt}}));
    EXPECT_EQ(answer.one("error"), "invalid_request") << jkt;
  }
  EXPECT_EQ(engine.last().clause, "RFC 9449 §10");
}

TEST(DpopJkt, IsNothingWhereDpopIsNotSpoken) {
  Engine engine(plain_but({{"extensions", Json::array({"par"})}}));
  EXPECT_EQ(engine.redeem(engine.code({{"dpop_jkt", "x"}})).status, 200);
}

TEST(DpopJkt, SaysByWhichClauseTheCodeIsRefused) {
  Engine engine;
  DpopKey key(engine);
  engine.redeem(engine.code({{"dpop_jkt", key.thumbprint()}}));
  EXPECT_EQ(engine.last().clause, "RFC 9449 §10");
}

TEST(DpopNonce, IsDemandedWhereRequestsArePushed) {
  Engine engine(plain_but({{"dpop.nonce", "required"}}));
  DpopKey key(engine);
  const auto answer = engine.push({}, key.proof("POST", "/par"));
  expect_error(answer, 400, "use_dpop_nonce");
  auto claims = key.claims("POST", "/par");
  claims.set("nonce", Json(answer.header("DPoP-Nonce").value_or("")));
  EXPECT_EQ(engine.push({}, key.sign(key.header(), claims)).status, 201);
}

TEST(DpopNonce, OfTheResourceIsAnotherThanTheServers) {
  Engine engine(plain_but({{"dpop.nonce", "required"}}));
  DpopKey key(engine);
  const auto code = engine.code();
  const auto of_server = engine.redeem_but(code, {}, key.proof()).header("DPoP-Nonce").value_or("");
  const auto token = text_at(engine.redeem_but(code, {}, key.proof_but("nonce", Json(of_server))), "access_token");
  const auto use = [&](const std::string& nonce) {
    auto claims = key.claims("GET", "/resource");
    claims.set("ath", Json(DpopKey::hash(token)));
    if (!nonce.empty()) claims.set("nonce", Json(nonce));
    return engine.get("/resource", DpopKey::present(token, key.sign(key.header(), claims)));
  };

  const auto answer = use("");

  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(challenges_of(answer).find("DPoP "), 0u);
  EXPECT_NE(challenges_of(answer).find("error=\"use_dpop_nonce\""), std::string::npos) << challenges_of(answer);
  const auto of_resource = answer.header("DPoP-Nonce").value_or("");
  EXPECT_NE(of_resource, of_server);
  EXPECT_EQ(use(of_server).status, 401);
  const auto welcome = use(of_resource);
  EXPECT_EQ(welcome.status, 200);
  EXPECT_EQ(welcome.header("DPoP-Nonce"), of_resource);  // §8.2: the next one comes with every answer.
}

TEST(DpopNonce, IsGoodForOneMorePeriod) {
  Engine engine(plain_but({{"dpop.nonce", "required"}, {"authorize.code_ttl_s", 3600}}));
  DpopKey key(engine);
  const auto code = engine.code();
  const auto nonce = engine.redeem_but(code, {}, key.proof()).header("DPoP-Nonce").value_or("");
  engine.advance(10min);
  expect_error(engine.redeem_but(code, {}, key.proof_but("nonce", Json(nonce))), 400, "use_dpop_nonce");
  const auto next = engine.redeem_but(code, {}, key.proof()).header("DPoP-Nonce").value_or("");
  engine.advance(5min);
  EXPECT_EQ(engine.redeem_but(code, {}, key.proof_but("nonce", Json(next))).status, 200);
}

TEST(DpopChallenge, IsOfTheSchemeThatWasUsed) {
  Engine engine;
  DpopKey key(engine);
  const auto token = text_at(bound_login(engine, key), "access_token");

  const auto by_bearer = engine.use(token);
  EXPECT_EQ(by_bearer.header("WWW-Authenticate").value_or("").find("Bearer realm="), 0u);
  EXPECT_NE(challenges_of(by_bearer).find("\nDPoP algs="), std::string::npos) << challenges_of(by_bearer);

  const auto by_dpop = engine.get("/resource/write", key.use(token, "GET", "/resource/write"));
  EXPECT_EQ(by_dpop.status, 403);
  EXPECT_EQ(challenges_of(by_dpop).find("DPoP realm=\"mockoauth\", error=\"insufficient_scope\""), 0u)
      << challenges_of(by_dpop);
}

TEST(DpopUserinfo, TakesABoundToken) {
  Engine engine;
  DpopKey key(engine);
  const auto token = text_at(bound_login(engine, key), "access_token");
  EXPECT_EQ(engine.get("/userinfo", bearer(token)).status, 401);
  EXPECT_EQ(engine.get("/userinfo", key.use(token, "GET", "/userinfo")).status, 200);
}

TEST(DpopUrl, IsThatOfTheOriginWhereTheRequestArrived) {
  mimir::codec::ManualClock clock{mimir::codec::TimePoint(1'800'000'000'000ms)};
  RealmOptions options;
  const Json knobs = Json::object(
      {{"extensions", Json::array({"dpop"})},
       {"endpoints", Json::object({{"authorization", "https://login.example/authorize"},
                                   {"api", "https://api.example"}})}});
  const Json text = Json::object({{"id", "two"}, {"title", "Two origins"}, {"knobs", knobs}});
  const auto profile = Profile::parse(text.dump(), "two");
  ASSERT_TRUE(profile) << profile.error().to_string();
  options.profile = *profile;
  options.base_url = "http://127.0.0.1:4321";
  options.other_base_urls = {"http://127.0.0.1:4322"};
  options.clients = {{.client_id = "app", .redirect_uris = {std::string(kRedirect)}}};
  Realm realm(options, clock);
  Engine stands_for_the_clock;
  DpopKey key(stands_for_the_clock);
  const auto form = [](const Parameters& body, Headers headers) {
    headers.emplace_back("Content-Type", kFormType);
    return HttpRequest{.method = "POST", .target = "/token", .headers = std::move(headers), .body = body.encode()};
  };
  const auto login = realm.handle(
      {.method = "GET", .target = "/authorize?" + Engine::authorization_request().encode()});
  const auto code = location_of(login).one("code").value_or("");
  const auto token = text_at(realm.handle(form(Engine::code_request(code), key.proof())), "access_token");
  ASSERT_FALSE(token.empty());
  const auto use = [&](const char* url) {
    auto claims = key.claims("GET");
    claims.set("htu", url);
    claims.set("ath", Json(DpopKey::hash(token)));
    return realm.handle({.method = "GET", .target = "/resource",
                         .headers = DpopKey::present(token, key.sign(key.header(), claims)), .origin = 1});
  };
  EXPECT_EQ(use("http://127.0.0.1:4321/resource").status, 401);
  EXPECT_EQ(use("http://127.0.0.1:4322/resource").status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
