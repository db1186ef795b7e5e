// The journal as others read it: JSON lines and HTTP Archive 1.2.
#include <algorithm>

#include <mockoauth/server/journal_export.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Json har_of(Engine& engine, bool redact = true) {
  const auto text = journal_as_har(engine.realm().journal().exchanges(), {"http://127.0.0.1:4321"}, redact);
  const auto har = Json::parse(text, {.max_bytes = 10'000'000});
  EXPECT_TRUE(har) << text;
  return har ? *har : Json();
}

TEST(JournalHar, HasEveryMemberThatTheFormatAsksFor) {
  Engine engine;
  engine.login();
  engine.get("/nothing?x=1&y=a%20b");

  const auto har = har_of(engine);

  EXPECT_EQ(*har.at_pointer("/log/version"), Json("1.2"));
  EXPECT_EQ(*har.at_pointer("/log/creator/name"), Json("mockoauth"));
  const auto* entries = har.at_pointer("/log/entries")->as_array();
  ASSERT_EQ(entries->size(), 3u);
  for (const auto& entry : *entries) {
    for (const char* pointer :
         {"/startedDateTime", "/time", "/cache", "/timings/send", "/timings/wait", "/timings/receive",
          "/request/method", "/request/url", "/request/httpVersion", "/request/cookies", "/request/headers",
          "/request/queryString", "/request/headersSize", "/request/bodySize", "/response/status",
          "/response/statusText", "/response/httpVersion", "/response/cookies", "/response/headers",
          "/response/content/size", "/response/content/mimeType", "/response/redirectURL", "/response/headersSize",
          "/response/bodySize"}) {
      EXPECT_NE(entry.at_pointer(pointer), nullptr) << pointer;
    }
  }
  EXPECT_EQ(*entries->at(2).at_pointer("/request/url"), Json("http://127.0.0.1:4321/nothing?x=1&y=a%20b"));
  EXPECT_EQ(*entries->at(2).at_pointer("/request/queryString/1/value"), Json("a b"));
  EXPECT_EQ(*entries->at(0).at_pointer("/startedDateTime"), Json("2027-01-15T08:00:00.000Z"));
  EXPECT_EQ(*entries->at(1).at_pointer("/request/postData/mimeType"), Json(std::string(kFormType)));
  EXPECT_EQ(*entries->at(1).at_pointer("/_mockoauth/consumed/0"), Json("code:c1"));
}

TEST(JournalHar, HidesSecretsUnlessAskedNotTo) {
  Engine engine;
  const auto token = text_at(engine.login(), "access_token");
  engine.use(token);
  EXPECT_EQ(har_of(engine).dump().find(token), std::string::npos);
  EXPECT_EQ(har_of(engine).dump().find(std::string(kVerifier)), std::string::npos);
  EXPECT_NE(har_of(engine, false).dump().find(token), std::string::npos);
}

TEST(JournalRedaction, TheSameSecretLooksTheSameEverywhere) {
  Engine engine;
  const auto one = text_at(engine.login(), "access_token");
  const auto other = text_at(engine.login(), "access_token");
  engine.use(one);
  engine.use(one);
  engine.use(other);
  const auto har = har_of(engine);
  const auto shown = [&](int entry) {
    return *har.at_pointer("/log/entries/" + std::to_string(entry) + "/request/headers/0/value");
  };
  EXPECT_EQ(shown(4), shown(5));
  EXPECT_NE(shown(4), shown(6));
}

TEST(JournalLines, AreOneObjectEach) {
  Engine engine;
  engine.login();
  const auto lines = journal_as_json_lines(engine.realm().journal().exchanges());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_TRUE(Json::parse(lines.substr(0, lines.find('\n'))));
  EXPECT_EQ(journal_as_json_lines({}), "");
}

TEST(JournalExport, BytesThatAreNoTextAreNoDanger) {
  Engine engine;
  engine.realm().handle({.method = "G\xff", .target = "/\xfe?\x80=%zz", .headers = {{"X-\xff", "\xfe"}}, .body = "\xff"});
  EXPECT_EQ(har_of(engine, false).at_pointer("/log/entries")->as_array()->size(), 1u);
}

}  // namespace
}  // namespace mockoauth::server::testing
