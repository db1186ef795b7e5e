// kill -9 at every step of a refresh: the login stays usable, or the user is told what happened; never anything else. And
// of a logout: the next one finishes it.
#include <iostream>

#include <mimir/oauth/oauth_manager.hpp>

#include "killed_at.hpp"
#include "login_fixture.hpp"
#include "rotating_server.hpp"
#include "rounds.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

class RefreshCrashTest : public ::testing::Test {
 protected:
  struct Figures {
    int kills = 0;
    int usable = 0;          ///< The next process renewed the login.
    int asked_to_log_in = 0;  ///< It said that the renewal had been interrupted.
  };

  /// What one process does: everything is its own but the folder and the provider.
  template <class Work>
  static auto in_a_process(const std::filesystem::path& folder, RotatingServer& server, Work work) {
    SystemRandom random;
    codec::ManualClock clock(kStart);
    PlayedUser user;
    const auto storage = make_encrypted_file_storage({folder, "/nonexistent"}, random);
    OAuthManager manager({.http = server, .browser = user, .callbacks = user, .storage = *storage, .clock = clock,
                          .random = random});
    return work(manager);
  }
  static Result<OAuthTokens> refresh(const std::filesystem::path& folder, RotatingServer& server) {
    return in_a_process(folder, server, [](OAuthManager& manager) { return manager.refresh_token("mock"); });
  }
  static Result<RevokeReport> log_out(const std::filesystem::path& folder, RotatingServer& server) {
    return in_a_process(folder, server, [](OAuthManager& manager) { return manager.revoke_access("mock"); });
  }

  static void log_in(const std::filesystem::path& folder) {
    SystemRandom random;
    const StoredLogin login{.config = {.issuer = "https://as.example", .client_id = "cli"},
                            .tokens = {.access_token = Secret("access-1"),
                                       .token_type = "Bearer",
                                       .refresh_token = Secret("refresh-1"),
                                       .expires_at = kStart,
                                       .obtained_at = kStart - std::chrono::hours(1)}};
    ASSERT_TRUE(make_encrypted_file_storage({folder, "/nonexistent"}, random)->store("mock", login, 0));
  }

  /// @returns whether there was such a step. The figures of strict and of lenient providers are printed.
  static bool kill_and_recover(std::size_t step, bool grace, Figures& figures) {
    const TemporaryFolder temporary;
    const auto folder = temporary / "mimir";
    log_in(folder);
    RotatingServer server(grace);
    if (!killed_at(step, [&] { (void)refresh(folder, server); })) return false;
    ++figures.kills;
    const bool was_sent = server.requests() > 0;

    SystemRandom random;
    const auto stored = make_encrypted_file_storage({folder, "/nonexistent"}, random)->load("mock");
    EXPECT_TRUE(stored && *stored) << "step " << step << ": the store cannot be read";
    const auto next = refresh(folder, server);

    if (next) {
      ++figures.usable;
      const auto number = std::to_string(server.current());
      EXPECT_EQ(next->refresh_token->expose(), "refresh-" + number) << "step " << step;
    } else {
      ++figures.asked_to_log_in;
      EXPECT_EQ(next.error().code, "refresh.interrupted") << "step " << step << ": " << next.error().message;
      EXPECT_EQ(next.error().category, Category::LoginRequired);
      EXPECT_TRUE(was_sent && !grace) << "step " << step << ": a good login was lost";
      EXPECT_EQ(refresh(folder, server).error().code, "login.ended");  // and no loop
    }
    return true;
  }

  static void kill_at_every_step(bool grace) {
    Figures figures;
    const int wanted = rounds("MIMIR_CRASH_ROUNDS", 1);  // more of them: ci/crash
    for (int round = 0; round < wanted; ++round) {
      for (std::size_t step = 1; kill_and_recover(step, grace, figures); ++step) {
        if (HasFailure()) return;
      }
    }
    std::cout << (grace ? "lenient" : "strict") << " provider: " << figures.kills << " kills, " << figures.usable
              << " logins usable at once, " << figures.asked_to_log_in << " asked to log in, 0 lost silently\n";
    EXPECT_GT(figures.kills, 50);
    EXPECT_EQ(figures.asked_to_log_in == 0, grace);
    ::testing::Test::RecordProperty("kills", figures.kills);
  }
};

TEST_F(RefreshCrashTest, StrictProviderEndsInAUsableLoginOrAClearWord) { kill_at_every_step(false); }  // CH-RF-05, CH-RF-06

TEST_F(RefreshCrashTest, LenientProviderNeverCostsALogin) { kill_at_every_step(true); }

TEST_F(RefreshCrashTest, TheNextLogoutFinishesOneThatWasKilled) {  // CH-RV-10
  int kills = 0;
  for (std::size_t step = 1;; ++step, ++kills) {
    const TemporaryFolder temporary;
    const auto folder = temporary / "mimir";
    log_in(folder);
    RotatingServer server(false);
    if (!killed_at(step, [&] { (void)log_out(folder, server); })) break;

    const auto next = log_out(folder, server);

    ASSERT_TRUE(next) << "step " << step << ": " << next.error().message;
    EXPECT_TRUE(server.revoked()) << "step " << step;
    EXPECT_EQ(refresh(folder, server).error().code, "login.none") << "step " << step;
  }
  EXPECT_GT(kills, 50);
}

}  // namespace
}  // namespace mimir::oauth::testing
