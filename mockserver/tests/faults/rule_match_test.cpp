// That a rule is found among many others by whatever it wants, and only once.
#include <gmock/gmock.h>

#include "tests/faults/provocation.hpp"

namespace mockoauth::server::testing {
namespace {

void add_outage(Engine& engine, RuleMatch when, int status) {
  FaultRule rule{.fault = "http.status", .when = std::move(when), .arguments = Json::object({{"status", status}}), .times = 0};
  ASSERT_TRUE(engine.realm().add_fault(std::move(rule)));
}

struct Wish {
  const char* name;
  RuleMatch (*of)(const std::string& text);
};

const Wish kWishes[] = {
    {"client", [](const std::string& text) { return RuleMatch{.client_id = text}; }},
    {"user", [](const std::string& text) { return RuleMatch{.user = text}; }},
    {"parameter", [](const std::string& text) { return RuleMatch{.parameters = {{"who", {.text = text}}}}; }},
    {"header", [](const std::string& text) { return RuleMatch{.headers = {{"X-WHO", {.text = text}}}}; }},
    {"pattern of a parameter",
     [](const std::string& text) { return RuleMatch{.parameters = {{"who", {TextMatch::Kind::Matches, text + "*"}}}}; }},
    {"pattern of a header",
     [](const std::string& text) { return RuleMatch{.headers = {{"x-who", {TextMatch::Kind::Matches, "*" + text}}}}; }},
    {"name of a header", [](const std::string& text) { return RuleMatch{.headers = {{"X-" + text, {TextMatch::Kind::Present, {}}}}}; }},
};

TEST(RuleAmongMany, IsFoundByWhatItWants) {
  for (const auto& wish : kWishes) {
    Engine engine(fault_profile());
    const auto token = text_at(engine.login(), kRefresh);
    for (int i = 0; i < 300; ++i) add_outage(engine, wish.of("other" + std::to_string(i)), 500);
    const auto ask = [&] {
      return engine.post("/token?who=ada", {{"grant_type", "refresh_token"}, {"client_id", "ada"}, {"refresh_token", token}},
                         {{"x-who", "ada"}, {"x-ada", ""}}).status;
    };
    EXPECT_NE(ask(), 500) << wish.name;
    add_outage(engine, wish.of("ada"), 418);
    EXPECT_EQ(ask(), 418) << wish.name;
    EXPECT_EQ(engine.realm().faults().back().matched, 1u) << wish.name;
  }
}

TEST(RuleAmongMany, IsNotFoundByWhatItWantsTooLittle) {
  Engine engine(fault_profile());
  add_outage(engine, {.endpoint = "token", .client_id = "app", .headers = {{"X-Who", {.text = "ada"}}}}, 418);
  EXPECT_NE(engine.redeem("x").status, 418);
  EXPECT_NE(engine.redeem_but("x", {{"client_id", "other"}}, {{"X-Who", "ada"}}).status, 418);
  EXPECT_EQ(engine.redeem_but("x", {}, {{"X-Who", "ada"}}).status, 418);
}

TEST(RuleAmongMany, CountsARequestOnceThatSaysTheSameTwice) {
  Engine engine(fault_profile());
  FaultRule rule{.fault = "http.status", .when = {.headers = {{"X-Who", {.text = "ada"}}}},
                 .arguments = Json::object({{"status", 418}}), .times = 2};
  ASSERT_TRUE(engine.realm().add_fault(rule));
  EXPECT_EQ(engine.get("/jwks", {{"X-Who", "ada"}, {"x-who", "ada"}}).status, 418);
  EXPECT_EQ(engine.realm().faults().front().fired, 1);
  EXPECT_EQ(engine.realm().faults().front().matched, 1u);
}

TEST(RuleAmongMany, IsGoneWhenItIsTakenAway) {
  Engine engine(fault_profile());
  add_outage(engine, {.headers = {{"X-Who", {.text = "ada"}}}}, 500);
  add_outage(engine, {.headers = {{"X-Who", {.text = "ada"}}}}, 418);
  ASSERT_TRUE(engine.realm().remove_fault(1));
  EXPECT_EQ(engine.get("/jwks", {{"X-Who", "ada"}}).status, 418);
  ASSERT_TRUE(engine.realm().remove_fault(2));
  EXPECT_EQ(engine.get("/jwks", {{"X-Who", "ada"}}).status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
