// Latches over the control API: a race of two callers decided by a third, who only speaks HTTP.
#include <thread>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

class ControlLatches : public ControlFixture {
 protected:
  void SetUp() override { create("one"); }
  void hold(int times) {
    const auto added = post("/realms/one/faults", R"({"fault": "hold", "arguments": {"latch": "both"}, "times": )" +
                                                      std::to_string(times) + R"(, "when": {"grant_type": "refresh_token"}})");
    ASSERT_LT(added.status, 300) << added.body;
  }
};

TEST_F(ControlLatches, TheTestChoosesWhoComesFirst) {
  const auto token = text_at(login("one"), kRefresh);
  hold(2);
  std::vector<HttpResponse> answers(2);
  std::vector<std::jthread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&, i] { answers[static_cast<std::size_t>(i)] = refresh("one", token); });
    const auto parked = body_of(post("/realms/one/latches/both/await", R"({"count": )" + std::to_string(i + 1) + "}"));
    ASSERT_EQ(parked.bool_at("reached"), true);
    ASSERT_EQ(parked.find("parked")->as_array()->size(), static_cast<std::size_t>(i + 1));
  }
  const auto states = body_of(get("/realms/one/latches"));
  EXPECT_EQ(states.at_pointer("/latches/0/name")->as_string()->compare("both"), 0);
  EXPECT_EQ(states.at_pointer("/latches/0/parked/1/grant_type")->as_string()->compare("refresh_token"), 0);

  expect_problem(post("/realms/one/latches/both/release", R"({"order": [2, 3]})"), 409, "latch.call", "/order");
  EXPECT_EQ(body_of(post("/realms/one/latches/both/release", R"({"order": [2, 1]})")).int_at("released"), 2);
  callers.clear();

  EXPECT_EQ(answers[1].status, 200);
  EXPECT_EQ(answers[0].status, 400) << "the second one to go has a token that was rotated away";
}

TEST_F(ControlLatches, NobodyCame) {
  const auto answer = body_of(post("/realms/one/latches/both/await", R"({"limit_ms": 1})"));
  EXPECT_EQ(answer.bool_at("reached"), false);
  EXPECT_TRUE(answer.find("parked")->as_array()->empty());
  EXPECT_EQ(body_of(post("/realms/one/latches/both/release", "{}")).int_at("released"), 0);
  expect_problem(post("/realms/one/latches/both/release", R"({"order": [1]})"), 409, "latch.call", "/order");
  EXPECT_TRUE(body_of(get("/realms/one/latches")).find("latches")->as_array()->empty()) << "asking makes no latch";
}

TEST_F(ControlLatches, RefusesWhatMeansNothing) {
  const auto refused = [&](const char* call, const char* body, std::string_view pointer) {
    expect_problem(post(std::string("/realms/one/latches/both/") + call, body), 422, "schema", pointer);
  };
  refused("await", R"({"count": 0})", "/count");
  refused("await", R"({"count": 257})", "/count");
  refused("await", R"({"limit_ms": -1})", "/limit_ms");
  refused("release", R"({"order": []})", "/order");
  refused("release", R"({"order": [0]})", "/order/0");
  refused("release", R"({"odrer": [1]})", "/odrer");
}

TEST_F(ControlLatches, TheRealmsEndLetsGoAndIsTold) {
  hold(1);
  std::jthread caller([&] { refresh("one", "unknown"); });
  ASSERT_EQ(body_of(post("/realms/one/latches/both/await", "{}")).bool_at("reached"), true);
  HttpResponse answer;
  std::jthread waiting([&] { answer = post("/realms/one/latches/both/await", R"({"count": 2, "limit_ms": 600000})"); });
  EXPECT_EQ(remove("/realms/one").status, 200);
  waiting.join();
  EXPECT_TRUE(answer.status == 410 || answer.status == 404) << answer.body;
}

}  // namespace
}  // namespace mockoauth::server::testing
