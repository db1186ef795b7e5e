// Several processes of many threads meet one expired token: one request (CH-RF-01, CH-RF-02).
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include <mimir/oauth/token_source.hpp>

#include "login_fixture.hpp"
#include "rotating_server.hpp"
#include "rounds.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr int kProcesses = 8;
constexpr int kThreads = 64;

/// @returns 0 when every thread got the renewed token.
int run_process(const std::filesystem::path& folder, RotatingServer& server, int start) {
  SystemRandom random;
  codec::ManualClock clock(kStart);
  PlayedUser user;
  const auto storage = make_encrypted_file_storage({folder, "/nonexistent"}, random);
  OAuthManager manager({.http = server, .browser = user, .callbacks = user, .storage = *storage, .clock = clock,
                        .random = random});
  TokenSource source(manager, "mock");
  std::atomic<int> good{0};
  char go = 0;
  if (::read(start, &go, 1) != 0) return 3;  // ends when the parent lets all go
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        if (const auto token = source.access_token(); token && token->expose() == "access-2") ++good;
      });
    }
  }
  return good == kThreads ? 0 : 1;
}

TEST(RefreshRaceTest, EightProcessesOfSixtyFourThreadsMakeOneRequest) {
  const int wanted = rounds("MIMIR_RACE_ROUNDS", 5);
  int requests = 0;
  for (int round = 0; round < wanted && !HasFailure(); ++round) {
    const TemporaryFolder temporary;
    const auto folder = temporary / "mimir";
    SystemRandom random;
    const StoredLogin login{.config = {.issuer = "https://as.example", .client_id = "cli"},
                            .tokens = {.access_token = Secret("access-1"),
                                       .token_type = "Bearer",
                                       .refresh_token = Secret("refresh-1"),
                                       .expires_at = kStart,
                                       .obtained_at = kStart - std::chrono::hours(1)}};
    ASSERT_TRUE(make_encrypted_file_storage({folder, "/nonexistent"}, random)->store("mock", login, 0));
    RotatingServer server(false);
    int start[2] = {-1, -1};
    ASSERT_EQ(::pipe(start), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::close(start[1]);
        ::_exit(run_process(folder, server, start[0]));
      }
      children.push_back(child);
    }
    ::close(start[0]);
    ::close(start[1]);

    for (const auto child : children) {
      int status = -1;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    requests += server.requests();
    EXPECT_EQ(server.requests(), 1) << "round " << round;
    EXPECT_FALSE(server.revoked());
  }
  std::cout << wanted << " rounds of " << kProcesses << " processes x " << kThreads << " threads: " << requests
            << " requests\n";
}

}  // namespace
}  // namespace mimir::oauth::testing
