// What ends a login without the client's doing (knob refresh.dies_on), and other knobs of refreshing.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

std::string access_in(const Json& tokens) { return text_at(tokens, "access_token"); }
std::string refresh_in(const Json& tokens) { return text_at(tokens, kRefresh); }

Engine dying_of(const char* event) {
  return Engine(plain_but({{"refresh.dies_on", Json::array({event})}, {"refresh.rotation", "never"}}));
}

TEST(AccountEvent, NamesAreThoseOfTheVocabulary) {
  for (const auto event : {AccountEvent::PasswordChange, AccountEvent::UserDisconnect, AccountEvent::AdminPolicy,
                           AccountEvent::SessionEnd, AccountEvent::TestingMode, AccountEvent::ReauthPolicy,
                           AccountEvent::Inactivity}) {
    EXPECT_EQ(parse_account_event(to_string(event)), event);
    dying_of(std::string(to_string(event)).c_str());  // Fails where the schema does not know the name.
  }
  EXPECT_EQ(parse_account_event("weather"), std::nullopt);
}

TEST(AccountEvent, EndsTheWholeLogin) {
  for (const auto event : {AccountEvent::PasswordChange, AccountEvent::UserDisconnect, AccountEvent::AdminPolicy,
                           AccountEvent::SessionEnd}) {
    const std::string name(to_string(event));
    auto engine = dying_of(name.c_str());
    const auto tokens = engine.login();
    EXPECT_EQ(engine.refresh(refresh_in(tokens)).status, 200);

    EXPECT_EQ(engine.realm().happen(event, "ada"), 1u) << name;

    expect_error(engine.refresh(refresh_in(tokens)), 400, "invalid_grant");
    EXPECT_EQ(engine.last().reason.find("refresh_revoked: "), 0u) << engine.last().reason;
    EXPECT_EQ(engine.use(access_in(tokens)).status, 401) << name;
    EXPECT_EQ(engine.realm().happen(event, "ada"), 0u) << "it has ended already";
  }
}

TEST(AccountEvent, ThatOnlyStopsRefreshingLeavesAccessTokens) {
  const std::pair<AccountEvent, const char*> cases[] = {{AccountEvent::TestingMode, "refresh_expired: "},
                                                        {AccountEvent::Inactivity, "refresh_expired: "},
                                                        {AccountEvent::ReauthPolicy, "reauth_policy: "}};
  for (const auto& [event, condition] : cases) {
    auto engine = dying_of(std::string(to_string(event)).c_str());
    const auto tokens = engine.login();
    EXPECT_EQ(engine.realm().happen(event), 1u);
    expect_error(engine.refresh(refresh_in(tokens)), 400, "invalid_grant");
    EXPECT_EQ(engine.last().reason.find(condition), 0u) << engine.last().reason;
    EXPECT_EQ(engine.use(access_in(tokens)).status, 200);
    EXPECT_EQ(engine.refresh(refresh_in(engine.login())).status, 200) << "signed in again";
  }
}

TEST(AccountEvent, IsNothingToAProfileThatDoesNotListIt) {
  auto engine = dying_of("admin_policy");
  const auto tokens = engine.login();
  EXPECT_EQ(engine.realm().happen(AccountEvent::PasswordChange, "ada"), 0u);
  EXPECT_EQ(engine.refresh(refresh_in(tokens)).status, 200);
}

TEST(AccountEvent, IsNothingToOtherUsers) {
  auto engine = dying_of("password_change");
  const auto tokens = engine.login();
  EXPECT_EQ(engine.realm().happen(AccountEvent::PasswordChange, "bob"), 0u);
  EXPECT_EQ(engine.refresh(refresh_in(tokens)).status, 200);
}

TEST(AccountEvent, CanBeToldApartByAProfile) {
  Engine engine(plain_but({{"refresh.dies_on", Json::array({"reauth_policy"})},
                           {"errors.map", Json::object({{"reauth_policy", Json::object({{"status", 400}, {"extra",
                               Json::object({{"error_subtype", "invalid_rapt"}})}})}})}}));
  const auto tokens = engine.login();
  engine.realm().happen(AccountEvent::ReauthPolicy, "ada");
  EXPECT_EQ(text_at(engine.refresh(refresh_in(tokens)), "error_subtype"), "invalid_rapt");
}

TEST(AccountEvent, SessionEndSignsTheUserOut) {
  auto engine = dying_of("session_end");
  const auto cookie = cookie_of(engine.authorize_but({}));
  EXPECT_NE(location_of(engine.authorize_but({{"prompt", "none"}}, cookie)).one("error"), "login_required");
  engine.realm().happen(AccountEvent::SessionEnd, "ada");
  EXPECT_EQ(location_of(engine.authorize_but({{"prompt", "none"}}, cookie)).one("error"), "login_required");
}

TEST(RefreshEarliest, RefusesUntilThen) {
  Engine engine(plain_but({{"refresh.earliest_s", 600}}));
  const auto token = refresh_in(engine.login());
  engine.advance(600s - 1ms);
  expect_error(engine.refresh(token), 400, "invalid_request", "too early");
  EXPECT_EQ(engine.last().reason.find("refresh_early: "), 0u) << engine.last().reason;
  engine.advance(1ms);
  const auto answer = engine.refresh(token);
  EXPECT_EQ(answer.status, 200) << "nothing was spent by asking early";
  expect_error(engine.refresh(text_at(answer, kRefresh)), 400, "invalid_request", "too early");
}

TEST(RefreshEarliest, CountsFromTheLastAnswerWhereTheTokenStays) {
  Engine engine(plain_but({{"refresh.earliest_s", 600}, {"refresh.rotation", "never"}}));
  const auto token = refresh_in(engine.login());
  engine.advance(600s);
  EXPECT_EQ(engine.refresh(token).status, 200);
  expect_error(engine.refresh(token), 400, "invalid_request", "too early");
  engine.advance(600s);
  EXPECT_EQ(engine.refresh(token).status, 200);
}

TEST(RefreshEarliest, NoneIsNeverTooEarly) {
  Engine engine(plain_but({{"refresh.rotation", "never"}}));
  const auto token = refresh_in(engine.login());
  engine.advance(5ms);
  EXPECT_EQ(engine.refresh(token).status, 200);
  // As for a call that came in before this one and had to wait for it.
  engine.advance(-1ms);
  EXPECT_EQ(engine.refresh(token).status, 200);
}

Profile selecting() {
  return plain_but({{"refresh.scope_param", "selects_resource"}, {"refresh.rotation", "never"},
                    {"scope.unknown", "grant"}, {"access.format", "jwt"}});
}

TEST(RefreshScopeParam, SelectsTheResource) {
  Engine engine(selecting());
  const auto tokens = engine.login({{"scope", "offline_access https://graph.example/User.Read"}});
  EXPECT_EQ(engine.use(access_in(tokens)).status, 200);

  const auto same = body_of(engine.refresh(refresh_in(tokens), {{"scope", "https://graph.example/Mail.Read"}}));
  EXPECT_EQ(engine.use(access_in(same)).status, 200);

  const auto other = body_of(engine.refresh(refresh_in(tokens), {{"scope", "https://vault.example/.default"}}));
  EXPECT_EQ(other.string_at("scope"), "https://vault.example/.default");
  EXPECT_EQ(claims_of(access_in(other)).string_at("aud"), "https://vault.example");
  EXPECT_EQ(engine.use(access_in(other)).status, 401) << "it is for another resource";

  const auto usual = body_of(engine.refresh(refresh_in(tokens)));
  EXPECT_EQ(usual.string_at("scope"), "offline_access https://graph.example/User.Read");
}

TEST(RefreshScopeParam, SelectsOneResourceAtATime) {
  Engine engine(selecting());
  const auto token = refresh_in(engine.login({{"scope", "offline_access https://graph.example/User.Read"}}));
  expect_error(engine.refresh(token, {{"scope", "https://graph.example/a https://vault.example/b"}}), 400,
               "invalid_scope", "more than one resource");
}

TEST(RefreshScopeParam, SelectsOnlyWhatTheClientMayHave) {
  Engine engine(plain_but({{"refresh.scope_param", "selects_resource"}}));
  const auto token = refresh_in(engine.login());
  expect_error(engine.refresh(token, {{"scope", "https://vault.example/.default"}}), 400, "invalid_scope");
  EXPECT_EQ(engine.refresh(token, {{"scope", "api.write"}}).status, 200) << "the client may have it";
}

}  // namespace
}  // namespace mockoauth::server::testing
