// How the API takes its credential: knobs `api.*`.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Profile by_key(Json ways) { return plain_but({{"api.auth", std::move(ways)}, {"api.credential_prefix", "sk-"}}); }

TEST(ApiCredential, AKeyWorksWhereTheProfileHasOne) {
  Engine server(by_key(Json::array({"bearer"})));
  const auto answer = server.use("sk-mockoauth-key");

  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(text_at(answer, "client_id"), "api-key");
  EXPECT_EQ(server.use("mockoauth-key").status, 401);
  EXPECT_EQ(Engine().use("mockoauth-key").status, 401) << "where no prefix is set there is no key";
}

TEST(ApiCredential, InAHeaderOfItsOwn) {
  Engine server(by_key(Json::array({"header:X-Api-Key"})));

  EXPECT_EQ(server.get("/resource", {{"x-api-key", "sk-mockoauth-key"}}).status, 200);
  EXPECT_EQ(server.get("/resource", {{"x-api-key", ""}}).status, 401);
  EXPECT_EQ(server.use("sk-mockoauth-key").status, 401) << "Bearer is not among the ways";
  EXPECT_EQ(server.last().reason, "token_missing: there is no credential; it is taken as header:X-Api-Key");
}

TEST(ApiCredential, InTheQuery) {
  Engine server(by_key(Json::array({"query:key", "bearer"})));
  const auto token = text_at(server.login(), "access_token");

  EXPECT_EQ(server.get("/resource?key=sk-mockoauth-key").status, 200);
  EXPECT_EQ(server.get("/resource?key=" + token).status, 200) << "an access token is a credential as well";
  EXPECT_EQ(server.use(token).status, 200);
  EXPECT_EQ(server.get("/userinfo?key=" + token).status, 401) << "only at the API";
}

TEST(ApiCredential, HeadersThatEachCallNeeds) {
  Engine server(plain_but({{"api.headers", Json::object({{"X-Version", "7"}, {"X-Any", "*"}})}}));
  const auto token = text_at(server.login(), "access_token");
  auto headers = bearer(token);

  EXPECT_EQ(server.get("/resource", headers).status, 400);
  headers.emplace_back("X-Any", "thing");
  headers.emplace_back("X-Version", "7");
  EXPECT_EQ(server.get("/resource", headers).status, 200);
}

TEST(ApiCredential, TheEndOfABadKeyMayBeShown) {
  const Json map = Json::object({{"token_invalid", Json::object({{"description", "key ****{hint} is bad"}})}});
  Engine server(plain_but({{"errors.map", map}}));
  EXPECT_EQ(text_at(server.use("sk-123456789abc"), "error_description"), "key ****9abc is bad");
}

TEST(ApiCredential, WordsOfARequestAreNoTemplate) {
  Engine server(plain_but({{"errors.map", Json::object({{"grant_unsupported", Json::object({{"status", 400}})}})}}));
  const auto answer = server.post("/token", {{"grant_type", "{user.email}{request_id}"}, {"client_id", "app"}});
  EXPECT_NE(text_at(answer, "error_description").find("{user.email}{request_id}"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace mockoauth::server::testing
