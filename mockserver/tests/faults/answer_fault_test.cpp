// Faults that change an answer which is otherwise right: what they make of it, and what they leave alone.
#include <gmock/gmock.h>

#include "tests/faults/provocation.hpp"

namespace mockoauth::server::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpResponse answer_after(const char* rule, const char* asks, std::initializer_list<Json::Member> knobs = {}) {
  Engine engine(fault_profile(knobs));
  const auto request = prepare(engine, asks);
  add_rule(engine, rule);
  return request();
}

TEST(FaultAnswerPatch, ChangesMembersAndNothingElse) {
  const auto answer = answer_after(R"({"fault":"answer.patch","arguments":{"patch":[
    {"op":"replace","path":"/token_type","value":"mac"},{"op":"remove","path":"/expires_in"}]}})", "token");
  const auto body = body_of(answer);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(body, "token_type"), "mac");
  EXPECT_EQ(body.find("expires_in"), nullptr);
  EXPECT_FALSE(text_at(body, "access_token").empty());
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

TEST(FaultAnswerPatch, WaitsForAnAnswerThatItFits) {
  Engine engine(fault_profile());
  add_rule(engine, R"({"fault":"answer.patch","when":{"endpoint":"token"},"arguments":{"patch":[
    {"op":"test","path":"/error","value":"invalid_grant"},{"op":"replace","path":"/error","value":"invalid_scope"}]}})");

  EXPECT_EQ(engine.redeem(engine.code()).status, 200);
  EXPECT_EQ(engine.realm().faults().front().fired, 0);
  EXPECT_THAT(engine.realm().faults().front().missed, HasSubstr("operation 0 (test): there is no /error"));
  EXPECT_FALSE(engine.realm().report().is_clean());

  expect_error(engine.redeem("unknown"), 400, "invalid_scope");
  EXPECT_TRUE(engine.realm().report().is_clean());
}

TEST(FaultAnswerPatch, ChangesAnswersInFormEncoding) {
  const auto answer = answer_after(R"({"fault":"answer.patch","arguments":{"patch":[
    {"op":"add","path":"/scope","value":["a","b"]},{"op":"add","path":"/n","value":7}]}})", "token", {{"response.format", "form"}});
  EXPECT_THAT(answer.header("Content-Type").value_or(""), StartsWith("application/x-www-form-urlencoded"));
  EXPECT_THAT(answer.body, HasSubstr("scope=a&scope=b"));
  EXPECT_THAT(answer.body, HasSubstr("n=7"));
}

TEST(FaultAnswerPatch, IsRefusedWithThePlaceOfWhatIsWrong) {
  const auto rule = parse_fault_rule(*Json::parse(R"({"fault":"answer.patch","arguments":{"patch":[
    {"op":"remove","path":"/a"},{"op":"replace","path":"b","value":1}]}})"));
  ASSERT_FALSE(rule);
  EXPECT_EQ(rule.error().pointer, "/arguments/patch/1/path");
}

TEST(FaultAnswerOmit, LeavesOutWhatIsThere) {
  const auto body = body_of(answer_after(R"({"fault":"answer.omit","arguments":{"members":["token_type","nothing"]}})", "token"));
  EXPECT_EQ(body.find("token_type"), nullptr);
  EXPECT_NE(body.find("access_token"), nullptr);
}

TEST(FaultAnswerOmit, MakesMetadataIncomplete) {
  const auto body = body_of(answer_after(R"({"fault":"answer.omit","arguments":{"members":["token_endpoint"]}})", "metadata"));
  EXPECT_EQ(body.find("token_endpoint"), nullptr);
  EXPECT_NE(body.find("issuer"), nullptr);
}

TEST(FaultAnswerHtml, TakesTheStatusOfTheAnswerUnlessItIsToldOne) {
  const auto page = answer_after(R"({"fault":"answer.html"})", "token");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("Content-Type").value_or(""), StartsWith("text/html"));
  EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
  EXPECT_EQ(answer_after(R"({"fault":"answer.html","arguments":{"status":502}})", "token").status, 502);
}

TEST(FaultAnswerBrokenJson, IsNoJsonInAnyOfItsWays) {
  for (const char* how : {"cut", "trailing", "repeated", "single_quotes", "empty"}) {
    const auto rule = R"({"fault":"answer.broken_json","arguments":{"how":")" + std::string(how) + R"("}})";
    const auto answer = answer_after(rule.c_str(), "token");
    EXPECT_FALSE(Json::parse(answer.body)) << how << ": " << answer.body;
    EXPECT_THAT(answer.header("Content-Type").value_or(""), StartsWith("application/json"));
    EXPECT_EQ(answer.body.empty(), std::string(how) == "empty");
  }
}

TEST(FaultAnswerUnknownMembers, KeepsWhatItIsAddedTo) {
  const auto body = body_of(answer_after(R"({"fault":"answer.unknown_members"})", "token"));
  EXPECT_NE(body.find("access_token"), nullptr);
  EXPECT_TRUE(body.find("x_null")->is_null());
}

TEST(FaultError, HasAnObjectWhereItsCodeShouldBe) {
  const auto body = body_of(answer_after(R"({"fault":"error.nested"})", "wrong code"));
  ASSERT_NE(body.find("error"), nullptr);
  EXPECT_EQ(body.find("error")->string_at("code"), "invalid_grant");
  EXPECT_EQ(body.find("error")->int_at("status"), 400);
}

TEST(FaultError, ComesWithStatus200) {
  const auto answer = answer_after(R"({"fault":"error.as_success"})", "wrong code");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text_at(answer, "error"), "invalid_grant");
}

TEST(FaultError, IsNotMadeOfSuccess) {
  for (const char* rule : {R"({"fault":"error.nested"})", R"({"fault":"error.as_success"})"}) {
    Engine engine(fault_profile());
    add_rule(engine, rule);
    EXPECT_EQ(engine.redeem(engine.code()).status, 200);
    EXPECT_EQ(engine.realm().faults().front().fired, 0) << rule;
  }
}

TEST(FaultMetadataIssuer, NamesAnotherOne) {
  EXPECT_EQ(text_at(answer_after(R"({"fault":"metadata.issuer"})", "metadata"), "issuer"), "https://attacker.example");
  EXPECT_EQ(text_at(answer_after(R"({"fault":"metadata.issuer","arguments":{"issuer":"http://127.0.0.1:4321/"}})", "metadata"),
                    "issuer"),
            "http://127.0.0.1:4321/");
}

TEST(FaultToken, AnswersAsItIsTold) {
  EXPECT_EQ(text_at(answer_after(R"({"fault":"token.type"})", "token"), "token_type"), "mac");
  EXPECT_EQ(text_at(answer_after(R"({"fault":"token.type","arguments":{"type":"N_A"}})", "token"), "token_type"), "N_A");
  EXPECT_EQ(text_at(answer_after(R"({"fault":"token.scope","arguments":{"scope":""}})", "refresh"), "scope"), "");
  EXPECT_EQ(text_at(answer_after(R"({"fault":"token.expires_in","arguments":{"value":"3600"}})", "token"), "expires_in"), "3600");
  EXPECT_EQ(body_of(answer_after(R"({"fault":"token.expires_in","arguments":{"value":-1}})", "token")).int_at("expires_in"), -1);
  EXPECT_EQ(body_of(answer_after(R"({"fault":"token.expires_in"})", "token")).find("expires_in"), nullptr);
  EXPECT_EQ(body_of(answer_after(R"({"fault":"token.no_refresh"})", "token")).find("refresh_token"), nullptr);
  const auto form = answer_after(R"({"fault":"token.as_form"})", "token");
  EXPECT_THAT(form.body, StartsWith("access_token="));
  EXPECT_THAT(form.header("Content-Type").value_or(""), StartsWith("application/x-www-form-urlencoded"));
}

TEST(FaultToken, IsKeptForAnAnswerWithTokens) {
  for (const char* rule : {R"({"fault":"token.type"})", R"({"fault":"token.no_refresh"})",
                           R"({"fault":"token.scope","arguments":{"scope":"x"}})", R"({"fault":"token.expires_in"})"}) {
    Engine engine(fault_profile());
    add_rule(engine, rule);
    engine.redeem("unknown");
    EXPECT_EQ(engine.realm().faults().front().fired, 0) << rule;
    engine.redeem(engine.code());
    EXPECT_EQ(engine.realm().faults().front().fired, 1) << rule;
  }
}

TEST(FaultTokenReuseCode, LetsTheSecondOneThroughAndStrikesOnlyThat) {
  Engine engine(fault_profile());
  const auto code = engine.code();
  add_rule(engine, R"({"fault":"token.reuse_code"})");

  EXPECT_EQ(engine.redeem(code).status, 200);
  EXPECT_EQ(engine.realm().faults().front().fired, 0);
  EXPECT_EQ(engine.redeem(code).status, 200);
  EXPECT_EQ(engine.realm().faults().front().fired, 1);
  expect_error(engine.redeem(code), 400, "invalid_grant", "used before");
}

TEST(FaultTokenReuseRefresh, LetsTheSecondOneThroughAndStrikesOnlyThat) {
  Engine engine(fault_profile());
  const auto token = text_at(engine.login(), kRefresh);
  add_rule(engine, R"({"fault":"token.reuse_refresh"})");

  EXPECT_EQ(engine.refresh(token).status, 200);
  EXPECT_EQ(engine.refresh(token).status, 200);
  EXPECT_EQ(engine.realm().faults().front().fired, 1);
  expect_error(engine.refresh(token), 400, "invalid_grant", "used before");
}

TEST(FaultAuthorize, ChangesTheParametersThatGoBack) {
  const auto back = [](const char* rule) { return location_of(answer_after(rule, "authorize")); };
  EXPECT_EQ(location_of(answer_after(R"({"fault":"behave"})", "authorize")).one("state"), "xyz");
  EXPECT_EQ(back(R"({"fault":"authorize.drop_state"})").count("state"), 0u);
  EXPECT_EQ(back(R"({"fault":"authorize.other_state"})").one("state"), "of-somebody-else");
  EXPECT_EQ(back(R"({"fault":"authorize.drop_iss"})").count("iss"), 0u);
  EXPECT_EQ(back(R"({"fault":"authorize.other_iss"})").one("iss"), "https://attacker.example");
  EXPECT_EQ(back(R"({"fault":"authorize.patch","arguments":{"patch":[{"op":"add","path":"/code","value":["a","b"]}]}})").count("code"), 2u);
  EXPECT_FALSE(back(R"({"fault":"authorize.drop_state"})").one("code").value_or("").empty());
}

TEST(FaultAuthorize, SendsTheBrowserSomewhereElse) {
  const auto answer = answer_after(R"({"fault":"authorize.other_redirect","arguments":{"uri":"https://attacker.example/x"}})", "authorize");
  EXPECT_THAT(answer.header("Location").value_or(""), StartsWith("https://attacker.example/x?code="));
  EXPECT_FALSE(parse_fault_rule(*Json::parse(R"({"fault":"authorize.other_redirect","arguments":{"uri":"/x"}})")));
}

TEST(FaultAuthorize, WorksInEveryResponseMode) {
  for (const char* mode : {"form_post", "fragment", "jwt"}) {
    Engine engine(fault_profile({{"extensions", Json::array({"jarm", "iss_param"})}}));
    add_rule(engine, R"({"fault":"authorize.other_state"})");
    const auto answer = engine.authorize_but({{"response_mode", mode}});
    EXPECT_EQ(engine.last().faults.size(), 1u) << mode << answer.body;
    auto text = text_of(answer);
    if (std::string(mode) == "jwt") text = claims_of(location_of(answer).one("response").value_or("")).dump();
    EXPECT_THAT(text, HasSubstr("of-somebody-else")) << mode;
    EXPECT_THAT(text, ::testing::Not(HasSubstr("xyz"))) << mode;
  }
}

TEST(FaultAuthorize, StrikesErrorsThatGoBackToo) {
  Engine engine(fault_profile());
  engine.realm().decide(UserDecision::Deny);
  add_rule(engine, R"({"fault":"authorize.drop_state"})");
  const auto back = location_of(engine.authorize_but({}));
  EXPECT_EQ(back.one("error"), "access_denied");
  EXPECT_EQ(back.count("state"), 0u);
}

}  // namespace
}  // namespace mockoauth::server::testing
