#include <mockoauth/server/explain.hpp>

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/vocabulary.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using ::testing::HasSubstr;
using ::testing::Not;

Quirk quirk_of(const Profile& profile, const std::string& knob) {
  for (const auto& quirk : explain(profile)) {
    if (quirk.knob == knob) return quirk;
  }
  ADD_FAILURE() << profile.id() << " says nothing about " << knob;
  return {};
}

Profile read(const std::string& knobs) {
  auto profile = Profile::parse("{id: x, title: X, unverified: [refresh.grace_s], knobs: {" + knobs + "}}", "p.yaml");
  EXPECT_TRUE(profile) << profile.error().to_string();
  return profile.value_or(Profile::plain());
}

TEST(Explain, EveryKnobHasASentenceForEachOfItsValues) {
  for (const auto& knob : Vocabulary::instance().knobs) {
    const auto name = knob.string_at("name").value_or("");
    const Json* says = knob.find("says");
    ASSERT_NE(says, nullptr) << name;
    if (says->is_string()) continue;
    ASSERT_TRUE(says->is_object()) << name;
    const Json* values = knob.find("values");
    if (values == nullptr) {
      EXPECT_TRUE(says->find("*") != nullptr || says->find("true") != nullptr) << name;
      continue;
    }
    for (const auto& value : *values->as_array()) {
      EXPECT_NE(says->find(*value.as_string()), nullptr) << name << ": " << value.dump();
    }
  }
}

TEST(Explain, EveryProfileInWholeSentences) {
  for (const auto& id : Profile::ids()) {
    const auto quirks = explain(*Profile::find(id));
    EXPECT_FALSE(quirks.empty()) << id;
    for (const auto& quirk : quirks) {
      EXPECT_THAT(quirk.sentence, ::testing::EndsWith(".")) << id << " " << quirk.knob;
      EXPECT_THAT(quirk.sentence, Not(HasSubstr("{value}"))) << id << " " << quirk.knob;
      EXPECT_THAT(quirk.sentence, Not(HasSubstr("{condition}"))) << id << " " << quirk.knob;
    }
  }
}

std::vector<Profile> profiles_and_variants() {
  std::vector<Profile> all;
  for (const auto& id : Profile::ids()) {
    const auto profile = Profile::find(id);
    if (!profile) continue;
    all.push_back(*profile);
    for (const auto& [name, changes] : *profile->knob("variants").as_object()) {
      if (auto variant = profile->with_variant(name)) all.push_back(*variant);
    }
  }
  return all;
}

std::size_t words_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

// A sentence says more than a name and a value would.
bool says_something(const Quirk& quirk) {
  const auto& text = quirk.sentence;
  const bool is_sentence = !text.empty() && text.front() >= 'A' && text.front() <= 'Z' && text.ends_with('.') && words_in(text) > 3;
  const bool is_raw = quirk.knob.find('.') != std::string::npos && text.find(quirk.knob) != std::string::npos;
  return (is_sentence || text.starts_with("redirect_uri ") || text.starts_with("scope ") || text.starts_with("expires_in ") ||
          text.starts_with("interval ") || text.starts_with("iss ") || text.starts_with("token_type ") ||
          text.starts_with("slow_down ") || text.starts_with("retry-after-ms ")) &&
         !is_raw && text.find(": .") == std::string::npos && text.find(" .") == std::string::npos;
}

TEST(Explain, NoQuirkIsExplainedByItsNameAlone) {
  std::size_t count = 0;
  for (const auto& profile : profiles_and_variants()) {
    std::set<std::string> explained;
    for (const auto& quirk : explain(profile)) {
      ++count;
      explained.insert(quirk.knob.starts_with("errors.map.") ? "errors.map" : quirk.knob);
      EXPECT_TRUE(says_something(quirk)) << profile.id() << " " << quirk.knob << ": " << quirk.sentence;
    }
    for (const auto& name : profile.named()) {
      EXPECT_TRUE(explained.contains(name)) << profile.id() << " sets " << name << ", and no sentence says so";
    }
  }
  EXPECT_GT(count, 1000U);
}

TEST(Explain, ANameAloneWouldBeSeen) {
  EXPECT_FALSE(says_something({"refresh.rotation", "refresh.rotation: never."}));
  EXPECT_FALSE(says_something({"refresh.rotation", "never"}));
  EXPECT_FALSE(says_something({"errors.map.code_reused", "When the authorization code was used before: ."}));
  EXPECT_TRUE(says_something({"refresh.rotation", "A refresh never brings a new refresh token."}));
}

TEST(Explain, SaysWhatARuleDoes) {
  EXPECT_EQ(quirk_of(*Profile::find("reddit"), "authorize.rules").sentence,
            "What the request says changes the answer: with duration=permanent: a refresh token comes; with no duration: no "
            "refresh token comes.");
}

TEST(Explain, SaysOnlyWhatTheProfileSets) {
  const auto quirks = explain(read("refresh.rotation: never"));

  ASSERT_EQ(quirks.size(), 1U);
  EXPECT_EQ(quirks.front().sentence, "A refresh never brings a new refresh token.");
  EXPECT_FALSE(quirks.front().unverified);
}

TEST(Explain, PutsValuesIntoTheSentence) {
  EXPECT_EQ(quirk_of(read("access.ttl_s: 0"), "access.ttl_s").sentence, "Access tokens do not expire.");
  EXPECT_EQ(quirk_of(read("access.ttl_s: 7200"), "access.ttl_s").sentence, "Access tokens live for 2 hours.");
  EXPECT_EQ(quirk_of(read("redirect.fixed_ports: [1, 2, 3]"), "redirect.fixed_ports").sentence,
            "Only these ports work: 1, 2 and 3.");
  EXPECT_EQ(quirk_of(read("discovery.quirks: [no_device, trailing_slash]"), "discovery.quirks").sentence,
            "The metadata does not name the device endpoint. The issuer ends in a slash.");
  EXPECT_EQ(quirk_of(read("authorize.rules: [{when: {param: {a: '*absent', b: c}}, then: {refresh: false}}]"),
                     "authorize.rules").sentence,
            "What the request says changes the answer: with no a and b=c: no refresh token comes.");
}

TEST(Explain, SaysWhatEachErrorLooksLike) {
  const auto profile = read("errors.map: {code_expired: {status: 403, code: stale, description: Too late}, "
                            "code_reused: {as: code_expired}}");

  EXPECT_EQ(quirk_of(profile, "errors.map.code_reused").sentence,
            "When the authorization code was used before: status 403, stale, \"Too late\".");
}

TEST(Explain, MarksWhatNoSourceSettles) {
  EXPECT_TRUE(quirk_of(read("refresh.grace_s: 30"), "refresh.grace_s").unverified);
  EXPECT_TRUE(quirk_of(*Profile::find("google"), "errors.map.revoke_unknown").unverified);
  EXPECT_FALSE(quirk_of(*Profile::find("google"), "errors.map.device_pending").unverified);
}

TEST(Explain, AVariantCounts) {
  const auto testing = Profile::find("google")->with_variant("testing_mode");
  ASSERT_TRUE(testing);
  EXPECT_EQ(quirk_of(*testing, "refresh.absolute_ttl_s").sentence, "A refresh token dies 7 days after it was issued.");
}

}  // namespace
}  // namespace mockoauth::server
