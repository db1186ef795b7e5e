#include <mockoauth/server/profile.hpp>

#include <unistd.h>

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mockoauth/embedded/mockoauth-fixtures.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

std::string_view fixture(std::string_view path) {
  for (const auto& file : fixtures::embedded_fixtures()) {
    if (file.path == path) return file.content;
  }
  ADD_FAILURE() << "not embedded: " << path;
  return {};
}

std::string error_of(const std::string& text) {
  const auto profile = Profile::parse(text, "p.yaml");
  return profile ? "read as " + profile->id() : profile.error().to_string();
}

/// Every knob at its default, as a profile: what the vocabulary says about itself.
std::string defaults_as_profile() {
  const auto table = Json::parse(fixture("schema/knobs.json"));
  Json knobs = Json::object();
  for (const auto& knob : *table->find("knobs")->as_array()) {
    knobs.set(*knob.string_at("name"), *knob.find("default"));
  }
  return Json::object({{"id", "d"}, {"title", "d"}, {"knobs", knobs}}).dump_pretty();
}

TEST(ProfileTest, EveryEmbeddedProfileFitsTheSchema) {
  EXPECT_THAT(Profile::ids(), IsSupersetOf({"google", "plain"}));
  for (const auto& id : Profile::ids()) {
    const std::string path = "providers/" + id + ".yaml";
    const auto profile = Profile::parse(fixture(path), path);
    if (!profile) {
      ADD_FAILURE() << profile.error().to_string();
      continue;
    }
    EXPECT_EQ(profile->id(), id) << "the id is the name of the file";
    EXPECT_FALSE(profile->title().empty());
  }
}

TEST(ProfileTest, EveryUnverifiedEntryNamesAKnob) {
  for (const auto& id : Profile::ids()) {
    const auto profile = Profile::find(id);
    ASSERT_TRUE(profile);
    for (const auto& entry : profile->unverified()) {
      std::string name = entry;
      while (Profile::plain().knob(name).is_null() && name.find('.') != std::string::npos) name.resize(name.rfind('.'));
      EXPECT_FALSE(Profile::plain().knob(name).is_null()) << id << ": " << entry;
    }
  }
}

TEST(ProfileTest, EveryDefaultHasItsDeclaredType) { EXPECT_EQ(error_of(defaults_as_profile()), "read as d"); }

TEST(ProfileTest, EveryKnobIsDeclaredOnceWithATypeAndAMeaning) {
  const auto table = Json::parse(fixture("schema/knobs.json"));
  ASSERT_TRUE(table) << table.error().message;
  const std::set<std::string> types{"enum", "list", "map", "text", "integer", "boolean", "rules", "template"};
  std::set<std::string> names;
  for (const auto& knob : *table->find("knobs")->as_array()) {
    const auto name = knob.string_at("name").value_or("");
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(types.contains(knob.string_at("type").value_or(""))) << name;
    EXPECT_GT(knob.string_at("meaning").value_or("").size(), 10U) << name;
    EXPECT_NE(knob.find("default"), nullptr) << name;
  }
  EXPECT_GT(names.size(), 100U);
}

TEST(ProfileTest, EveryKnobRefusesAValueOfAnotherType) {
  const auto table = Json::parse(fixture("schema/knobs.json"));
  for (const auto& knob : *table->find("knobs")->as_array()) {
    if (knob.string_at("type") == "template") continue;  // Takes any JSON.
    const Json wrong = knob.string_at("type") == "boolean" ? Json("x") : Json(true);
    const Json profile = Json::object({{"id", "d"}, {"title", "d"}, {"knobs", Json::object({{*knob.string_at("name"), wrong}})}});
    EXPECT_THAT(error_of(profile.dump()), HasSubstr("(at /knobs/" + *knob.string_at("name") + ")"));
  }
}

TEST(ProfileTest, PlainIsStrict) {
  const Profile& plain = Profile::plain();

  EXPECT_EQ(plain.id(), "plain");
  EXPECT_EQ(plain.text("pkce.mode"), "required_public");
  EXPECT_EQ(plain.text("redirect.match"), "loopback_port_free");
  EXPECT_THAT(plain.list("redirect.free_port_hosts"), ElementsAre("127.0.0.1", "[::1]"));
  EXPECT_EQ(plain.text("refresh.reuse"), "revoke_family");
  EXPECT_EQ(plain.text("revocation.cascade"), "pair");
  EXPECT_TRUE(plain.lists("extensions", "iss_param"));
  EXPECT_TRUE(plain.lists("extensions", "dpop"));
  EXPECT_EQ(plain.text("client.assertion_audience"), "issuer");
  EXPECT_EQ(plain.list("discovery.documents").size(), 2U);
}

TEST(ProfileTest, SilentKnobsHaveTheirDefault) {
  const auto profile = Profile::parse("{id: x, title: X}", "p.yaml");

  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->number("access.ttl_s"), 3600);
  EXPECT_EQ(profile->text("response.token_type"), "Bearer");
  EXPECT_TRUE(profile->flag("redirect.custom_scheme"));
  EXPECT_EQ(profile->knob("errors.shape").string_at("error"), "{code}");
  EXPECT_TRUE(profile->knob("no.such.knob").is_null());
  EXPECT_EQ(profile->text("no.such.knob"), "");
  EXPECT_EQ(profile->text("access.ttl_s"), "") << "a number is no text";
}

TEST(ProfileTest, GoogleSaysWhatGoogleDoes) {
  const auto google = Profile::find("google");

  ASSERT_TRUE(google) << google.error().to_string();
  EXPECT_EQ(google->text("refresh.rotation"), "never");
  EXPECT_EQ(google->number("access.ttl_s"), 3599);
  EXPECT_EQ(google->knob("errors.map").find("device_pending")->int_at("status"), 428);
  EXPECT_EQ(google->knob("authorize.rules").as_array()->size(), 4U);
  EXPECT_FALSE(google->unverified().empty());
}

TEST(ProfileTest, AVariantChangesOnlyItsKnobs) {
  const auto google = Profile::find("google");
  ASSERT_TRUE(google);

  const auto testing = google->with_variant("testing_mode");

  ASSERT_TRUE(testing);
  EXPECT_EQ(testing->number("refresh.absolute_ttl_s"), 604800);
  EXPECT_EQ(google->number("refresh.absolute_ttl_s"), 0);
  EXPECT_EQ(testing->text("access.prefix"), "ya29.");
  EXPECT_EQ(google->with_variant("x").error().to_string(),
            "profile google has no variant \"x\"; it has testing_mode, time_based_access");
}

TEST(ProfileTest, AnUnknownIdNamesTheNearest) {
  EXPECT_EQ(Profile::find("gogle").error().to_string(), "unknown provider \"gogle\"; did you mean google?");
  EXPECT_THAT(Profile::find("zzzzzzzzzz").error().to_string(), HasSubstr("known: "));
  EXPECT_THAT(Profile::find("../keys/rs256").error().to_string(), HasSubstr("unknown provider"));
  EXPECT_LT(Profile::find(std::string(100'000, 'x')).error().to_string().size(), 700U);
}

TEST(ProfileTest, SaysWhatIsWrongAndWhere) {
  const std::string head = "id: x\ntitle: X\n";
  const std::vector<std::pair<std::string, std::string>> table{
      {"title: X\n", "p.yaml:1:1: required member \"id\" is missing"},
      {"id: X Y\ntitle: X\n",
       "p.yaml:1:5: \"X Y\" does not fit: expected small letters, digits and hyphens (at /id)"},
      {head + "knobs:\n  pkce.mod: required\n",
       "p.yaml:4:3: unknown member \"pkce.mod\"; did you mean \"pkce.mode\"? (at /knobs/pkce.mod)"},
      {head + "knobs: {pkce.mode: requird}\n",
       "p.yaml:3:20: \"requird\" is not one of \"ignored\", \"optional\", \"required\", \"required_public\"; did you mean "
       "\"required\"? (at /knobs/pkce.mode)"},
      {head + "knobs: {access.ttl_s: -1}\n", "p.yaml:3:23: must be at least 0 (at /knobs/access.ttl_s)"},
      {head + "knobs: {access.ttl_s: 1h}\n",
       "p.yaml:3:23: expected a whole number, found a string (at /knobs/access.ttl_s)"},
      {head + "knobs: {errors.map: {refresh_expird: {status: 400}}}\n",
       "p.yaml:3:22: unknown member \"refresh_expird\"; did you mean \"refresh_expired\"? (at "
       "/knobs/errors.map/refresh_expird)"},
      {head + "knobs: {errors.map: {refresh_expired: {status: 4000}}}\n",
       "p.yaml:3:48: must be at most 599 (at /knobs/errors.map/refresh_expired/status)"},
      {head + "knobs: {errors.map: {code_reused: {as: code_expired}, code_expired: {as: code_reused}}}\n",
       "p.yaml:3:40: \"code_expired\" takes its entry from another condition itself (at "
       "/knobs/errors.map/code_reused/as)"},
      {head + "knobs: {endpoints: {token: /token}}\n",
       "p.yaml:3:28: \"/token\" does not fit: expected an absolute http or https URL (at /knobs/endpoints/token)"},
      {head + "knobs: {authorize.rules: [{when: {cleint: public}, then: {refresh: true}}]}\n",
       "p.yaml:3:35: unknown member \"cleint\" (known here: audience, client, first_consent, grant, header, param, "
       "redirect, scope); did you mean \"client\"? (at /knobs/authorize.rules/0/when/cleint)"},
      {head + "knobs: {variants: {a: {pkce.mode: 7}}}\n",
       "p.yaml:3:35: 7 is not one of \"ignored\", \"optional\", \"required\", \"required_public\" (at "
       "/knobs/variants/a/pkce.mode)"},
      {head + "knobs: {api.auth: [cookie]}\n",
       "p.yaml:3:20: \"cookie\" does not fit: expected bearer, query:NAME or header:NAME (at /knobs/api.auth/0)"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(error_of(text), expected) << text;
}

TEST(ProfileTest, LoadsAFileOfTheUsers) {
  const auto path = std::filesystem::temp_directory_path() / ("mockoauth-profile-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << "id: mine\ntitle: Mine\nknobs:\n  access.ttl_s: 60\n";

  const auto profile = Profile::load(path);
  std::filesystem::remove(path);

  ASSERT_TRUE(profile) << profile.error().to_string();
  EXPECT_EQ(profile->number("access.ttl_s"), 60);
  EXPECT_THAT(Profile::load(path).error().to_string(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace mockoauth::server
