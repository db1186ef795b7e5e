#include "protocol/placeholders.hpp"

#include "protocol/user_values.hpp"
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

struct Templates : ::testing::Test {
  Templates() {
    user.sub = "ada";
    user.name = "Ada Lovelace";
    user.email = "ada@example.org";
    values.add_source([this](std::string_view name) -> std::optional<Json> {
      return name.starts_with("user.") ? user_value(user, name.substr(5)) : std::nullopt;
    });
    values.set("scope", Json("a b"));
    values.set("status", Json(404));
  }
  std::string text(std::string_view given) { return values.expand_text(given); }

  User user;
  mimir::codec::SeededRandom random{7};
  Placeholders values{random, mimir::codec::TimePoint(1'800'000'000'000ms)};
};

TEST_F(Templates, ASinglePlaceholderKeepsItsType) {
  EXPECT_EQ(values.expand(Json("{status}")), Json(404));
  EXPECT_EQ(values.expand(Json("is {status}")), Json("is 404"));
}

TEST_F(Templates, WhatIsDoublyBracedIsMeantLiterally) { EXPECT_EQ(text("{{tenantid}}/{scope}"), "{tenantid}/a b"); }

TEST_F(Templates, AnUnknownOneIsLeftAsItIs) { EXPECT_EQ(text("{nobody}{user.nothing}"), "{nobody}{user.nothing}"); }

TEST_F(Templates, JsonInTextKeepsItsBraces) { EXPECT_EQ(text(R"({"a":{"b":"{scope}"}})"), R"({"a":{"b":"a b"}})"); }

TEST_F(Templates, AnUnclosedBraceIsText) {
  EXPECT_EQ(text("{scope"), "{scope");
  EXPECT_EQ(text("}{"), "}{");
}

TEST_F(Templates, WhatIsToldAtTheFirstConsentMayHoldMore) {
  const Json given(R"({first_consent:{"name":{"firstName":"{user.given_name}"},"email":"{user.email}"}})");
  EXPECT_EQ(values.expand(given), std::nullopt);
  values.set_first_consent(true);
  EXPECT_EQ(values.expand(given), Json(R"({"name":{"firstName":"Ada"},"email":"ada@example.org"})"));
}

TEST_F(Templates, WhatAProviderMakesUpStaysTheSame) {
  for (const char* name : {"{user.account_id}", "{user.oid}", "{user.uid}", "{user.org}", "{user.org_id}", "{user.tenant}",
                           "{user.project_id}"}) {
    const auto once = text(name);
    EXPECT_NE(once, name);
    EXPECT_FALSE(once.empty()) << name;
    EXPECT_EQ(text(name), once);
  }
  const auto account = text("{user.account_id}");
  const auto tenant = text("{user.tenant}");
  user.sub = "bob";
  EXPECT_NE(text("{user.account_id}"), account);
  EXPECT_EQ(text("{user.tenant}"), tenant) << "all are in one organisation";
}

TEST_F(Templates, AClaimOfTheUserComesFirst) {
  user.claims = Json::object({{"account_id", "acct-1"}, {"level", 3}});
  EXPECT_EQ(text("{user.account_id}"), "acct-1");
  EXPECT_EQ(values.expand(Json("{user.level}")), Json(3));
}

}  // namespace
}  // namespace mockoauth::server::testing
