// Many realms at once, each with a clock, faults and a journal of its own, steered and used at the same time: nothing of
// one is seen in another.
#include <atomic>
#include <thread>

#include "tests/control_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr int kRealms = 64;
constexpr int kRounds = 12;

class ManyRealms : public ControlFixture {
 protected:
  static std::string name_of(int number) { return "r" + std::to_string(number); }

  // Realm n is n days ahead, answers every third refresh with the status 500 + n % 8, and knows the user `user-n` only.
  void make(int number) {
    const auto status = std::to_string(500 + number % 8);
    const auto made = control_.handle({.method = "POST", .target = "/_mock/realms", .body = R"({"name": ")" + name_of(number) +
        R"(", "seed": )" + std::to_string(number + 1) + R"(, "clock": {"advance_s": )" + std::to_string(number * 86400) +
        R"(}, "users": [{"sub": "user-)" + std::to_string(number) + R"("}], "clients": [{"client_id": "app",
        "redirect_uris": ["http://127.0.0.1/callback"]}], "faults": [{"when": {"grant_type": "refresh_token"},
        "then": [{"fault": "behave", "times": 2}, {"fault": "http.status", "arguments": {"status": )" + status +
        R"(}}], "afterwards": "repeat"}]})"});
    ASSERT_EQ(made.status, 201) << made.body;
  }

  // One login and its refreshes. @returns a sentence when something was not the realm's own.
  std::string use(int number) {
    const auto realm = name_of(number);
    const auto tokens = login(realm);
    if (text_at(claims_of(text_at(tokens, "id_token")), "sub") != "user-" + std::to_string(number)) return "another user";
    auto token = text_at(tokens, kRefresh);
    for (int i = 0; i < 3; ++i) {
      const auto answer = refresh(realm, token);
      const int expected = i == 2 ? 500 + number % 8 : 200;
      if (answer.status != expected) return "refresh " + std::to_string(i) + " was answered " + std::to_string(answer.status);
      if (i < 2) token = text_at(answer, kRefresh);
    }
    return {};
  }

  std::string check(int number, int rounds) {
    const auto realm = server_.find_realm(name_of(number));
    const auto exchanges = realm->journal().exchanges();
    if (exchanges.size() != static_cast<std::size_t>(rounds * 5)) return std::to_string(exchanges.size()) + " exchanges";
    const auto now = clock_.now() + std::chrono::seconds(number * 86400);
    std::uint64_t next = 1;
    for (const auto& exchange : exchanges) {
      if (exchange.number != next++) return "numbers with a gap";
      if (exchange.virtual_time != now) return "another time";
    }
    const auto state = realm->faults().front();
    if (state.fired != rounds * 3) return "the rule struck " + std::to_string(state.fired) + " requests";
    return {};
  }
};

TEST_F(ManyRealms, SeeNothingOfEachOtherUnderLoad) {
  for (int number = 0; number < kRealms; ++number) make(number);
  std::vector<std::string> wrong(kRealms);
  std::atomic<bool> done = false;
  {
    // Realms come and go beside them, and somebody reads all journals.
    std::jthread bystander([&] {
      for (int i = 0; !done; ++i) {
        const auto name = "passing-" + std::to_string(i % 7);
        (void)control_.handle({.method = "POST", .target = "/_mock/realms", .body = R"({"name": ")" + name + "\"}"});
        (void)control_.handle({.method = "GET", .target = "/_mock/realms/" + name_of(i % kRealms) + "/journal?limit=3"});
        (void)control_.handle({.method = "POST", .target = "/_mock/realms/" + name + "/clock", .body = R"({"advance_s": 99})"});
        (void)control_.handle({.method = "DELETE", .target = "/_mock/realms/" + name});
      }
    });
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < kRounds; ++round) {
          for (int number = thread; number < kRealms; number += 8) {
            auto& sentence = wrong[static_cast<std::size_t>(number)];
            if (sentence.empty()) sentence = use(number);
          }
        }
      });
    }
    threads.clear();
    done = true;
  }
  for (int number = 0; number < kRealms; ++number) {
    EXPECT_EQ(wrong[static_cast<std::size_t>(number)], "") << "realm " << number;
    EXPECT_EQ(check(number, kRounds), "") << "realm " << number;
  }
}

// The same seed gives the same codes, whatever happens in other realms meanwhile.
TEST_F(ManyRealms, OfOneSeedGiveOneTranscript) {
  std::vector<std::string> codes(16);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      const auto name = "same-" + std::to_string(i);
      create(name);
      threads.emplace_back([&, i, name] {
        codes[static_cast<std::size_t>(i)] = location_of(authorize(name)).one("code").value_or("");
        login(name);
      });
    }
  }
  for (const auto& code : codes) EXPECT_EQ(code, codes.front());
  EXPECT_FALSE(codes.front().empty());
}

}  // namespace
}  // namespace mockoauth::server::testing
