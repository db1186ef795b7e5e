// A login without any fault completes: every refusal in these tests has this as its twin.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

TEST(Login, CompletesWithoutAFault) {
  Engine engine;

  const Json tokens = engine.login();

  EXPECT_EQ(tokens.string_at("token_type"), "Bearer");
  EXPECT_EQ(tokens.int_at("expires_in"), 3600);
  EXPECT_EQ(tokens.string_at("scope"), "openid api.read offline_access");
  EXPECT_GE(text_at(tokens, "access_token").size(), 43u);
  EXPECT_GE(text_at(tokens, kRefresh).size(), 43u);
  const auto used = engine.use(text_at(tokens, "access_token"));
  EXPECT_EQ(used.status, 200);
  EXPECT_EQ(text_at(used, "sub"), "ada");
  EXPECT_EQ(body_of(used).find("scopes")->as_array()->size(), 3u);
}

TEST(Login, OfAConfidentialClientCompletes) {
  Engine engine;
  const auto code = engine.code({{"client_id", "web"}, {"redirect_uri", "https://web.example/cb?tenant=1"},
                                 {"scope", "openid"}});

  const auto response =
      engine.redeem_but(code, {{"client_id", ""}, {"redirect_uri", "https://web.example/cb?tenant=1"}},
                                          basic("web", "s3cret:/+ &=%"));

  EXPECT_EQ(response.status, 200) << response.body;
}

TEST(Login, OfAnotherUserNamesThatUser) {
  Engine engine;
  engine.realm().choose_user("bob");

  EXPECT_EQ(text_at(engine.use(text_at(engine.login(), "access_token")), "name"), "Bob");
}

TEST(Login, WithTheSameSeedGivesTheSameBytes) {
  Engine first(Profile::plain(), 42);
  Engine second(Profile::plain(), 42);
  Engine third(Profile::plain(), 43);

  const auto tokens = first.login();

  EXPECT_EQ(tokens, second.login());
  EXPECT_NE(text_at(tokens, "access_token"), text_at(third.login(), "access_token"));
}

TEST(Login, WithoutASeedIsUnpredictable) {
  Engine first(Profile::plain(), 0);
  Engine second(Profile::plain(), 0);

  EXPECT_NE(text_at(first.login(), "access_token"), text_at(second.login(), "access_token"));
}

}  // namespace
}  // namespace mockoauth::server::testing
