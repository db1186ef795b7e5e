// The live page under /_mock/, and what it reads.
#include <gmock/gmock.h>

#include <mockoauth/server/control.hpp>

#include "tests/pages/page_browser.hpp"

namespace mockoauth::server::testing {
namespace {

class LivePage : public ::testing::Test {
 protected:
  LivePage() { EXPECT_TRUE(server_.create_realm({})); }

  HttpResponse get(const std::string& target, Headers headers = {}) {
    headers.emplace_back("Host", "127.0.0.1:4321");
    return control_.handle({.method = "GET", .target = target, .headers = headers});
  }
  HttpResponse post(const std::string& target, const Json& body) {
    return control_.handle({.method = "POST", .target = target, .headers = {{"Host", "127.0.0.1:4321"}, {"Authorization", "Bearer steer"}}, .body = body.dump()});
  }

  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(1'800'000'000'000ms)};
  Server server_{clock_, "http://127.0.0.1:4321"};
  Control control_{server_, {.token = "steer"}};
};

TEST_F(LivePage, TellsNothingWithoutTheToken) {
  const auto page = get("/_mock/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("default"), std::string::npos) << "not even the names of realms";
  EXPECT_EQ(get("/_mock/realms").status, 401);
  EXPECT_EQ(get("/_mock/realms", {{"Authorization", "Bearer steer"}}).status, 200);
}

TEST_F(LivePage, RunsOnlyTheScriptThatItHas) {
  const auto policy = get("/_mock/").header("Content-Security-Policy").value_or("");
  EXPECT_THAT(policy, ::testing::HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, ::testing::HasSubstr("script-src 'sha256-"));
  EXPECT_THAT(policy, ::testing::Not(::testing::HasSubstr("unsafe")));
  EXPECT_THAT(get("/_mock/").body, ::testing::Not(::testing::HasSubstr("innerHTML"))) << "what it reads is shown as text";
}

TEST_F(LivePage, IsNotForPagesOfOthers) {
  EXPECT_EQ(get("/_mock/", {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(control_.handle({.method = "GET", .target = "/_mock/", .headers = {{"Host", "evil.example"}}}).status, 403) << "DNS rebinding";
  EXPECT_EQ(post("/_mock/", Json::object()).status, 404);
}

TEST_F(LivePage, AnswersOfModelsAreScriptedOverTheControlApi) {
  EXPECT_EQ(post("/_mock/realms/default/models/answers", Json::object({{"text", "hi"}})).status, 201);
  EXPECT_EQ(body_of(get("/_mock/realms/default/models/answers", {{"Authorization", "Bearer steer"}})).int_at("left"), 1);
  const auto refused = post("/_mock/realms/default/models/answers", Json::object({{"text", 7}}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(text_at(refused, "pointer"), "/text");
  EXPECT_EQ(post("/_mock/realms/default/models/answers", Json::object()).status, 422);
  EXPECT_EQ(server_.find_realm("default")->model_answers_left(), 1U);
}

}  // namespace
}  // namespace mockoauth::server::testing
