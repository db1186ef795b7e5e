#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>

#include "encrypted_file_fixture.hpp"

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;
using EncryptedFileLocks = testing::EncryptedFileStorageTest;
using testing::login;

TEST_F(EncryptedFileLocks, StoresWhileTheLockOfTheLoginIsHeld) {
  const auto storage = open();
  const auto lock = storage->lock("google", 0ms, {});
  ASSERT_TRUE(lock);

  EXPECT_EQ(storage->store("google", login("t"), 0).value(), 1u);
  EXPECT_TRUE(storage->erase("google"));
}

TEST_F(EncryptedFileLocks, TheLockKeepsThreadsAndObjectsApart) {
  auto held = open()->lock("google", 0ms, {});
  ASSERT_TRUE(held);

  const auto other = open()->lock("google", 0ms, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "storage.lock_timeout");
  EXPECT_EQ(other.error().category, Category::TryLater);
  EXPECT_TRUE(open()->lock("github", 0ms, {}));

  auto waiting = std::async(std::launch::async, [&] { return open()->lock("google", 30s, {}).has_value(); });
  held.value().reset();
  EXPECT_TRUE(waiting.get());
}

TEST_F(EncryptedFileLocks, StopEndsTheWaitForALock) {
  const auto held = open()->lock("google", 0ms, {});
  ASSERT_TRUE(held);
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return open()->lock("google", 30s, stop.get_token()); });

  stop.request_stop();

  ASSERT_EQ(waiting.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(waiting.get().error().category, Category::Cancelled);
}

/// Runs `work` in another process; its result is the exit status.
template <class F>
pid_t fork_and_run(F work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  return child;
}

int exit_status(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

TEST_F(EncryptedFileLocks, TheLockKeepsProcessesApartAndDiesWithItsHolder) {
  int ready[2];
  int go[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(go, O_CLOEXEC), 0);
  const pid_t child = fork_and_run([&] {
    const auto lock = open()->lock("google", 0ms, {});
    char byte = lock ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1 || ::read(go[0], &byte, 1) != 1) return 1;
    return 0;  // _exit: no destructor runs, as in a crash
  });
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');

  EXPECT_EQ(open()->lock("google", 0ms, {}).error().code, "storage.lock_timeout");
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  EXPECT_EQ(exit_status(child), 0);
  EXPECT_TRUE(open()->lock("google", 0ms, {}));

  for (const int fd : {ready[0], ready[1], go[0], go[1]}) ::close(fd);
}

// CH-ST-15: nothing is lost between processes that write at the same time.
TEST_F(EncryptedFileLocks, EveryGenerationIsWonByOneProcess) {
  constexpr int kProcesses = 3;
  constexpr int kWrites = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork_and_run([this] {
      const auto storage = open();
      for (int written = 0; written < kWrites;) {
        const auto current = storage->load("google");
        if (!current) return 1;
        const auto stored = storage->store("google", login("t"), *current ? (*current)->generation : 0);
        if (!stored && stored.error().code != "storage.conflict") return 2;
        written += stored ? 1 : 0;
      }
      return 0;
    }));
  }

  for (const pid_t child : children) EXPECT_EQ(exit_status(child), 0);
  EXPECT_EQ(open()->load("google").value()->generation, static_cast<std::uint64_t>(kProcesses * kWrites));
}

TEST_F(EncryptedFileLocks, ReadersOnlyEverSeeWholeRecords) {
  ASSERT_TRUE(open()->store("google", login(std::string(20'000, 'a')), 0));
  const pid_t writer = fork_and_run([this] {
    const auto storage = open();
    for (std::uint64_t i = 1; i <= 20; ++i) {
      if (!storage->store("google", login(std::string(20'000, i % 2 == 0 ? 'a' : 'b')), i)) return 1;
    }
    return 0;
  });

  std::uint64_t last = 0;
  while (last < 21) {
    const auto loaded = open()->load("google");
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_GE((*loaded)->generation, last);
    last = (*loaded)->generation;
    if (last < 21 && ::waitpid(writer, nullptr, WNOHANG) == writer) {
      ASSERT_EQ(open()->load("google").value()->generation, 21u) << "the writer gave up";
      return;
    }
  }
  EXPECT_EQ(exit_status(writer), 0);
}

}  // namespace
}  // namespace mimir::oauth
