#include <mimir/oauth/token_storage.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "internal/record_name.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::read_file;
using testing::TemporaryFolder;
using testing::write_file;
namespace fs = std::filesystem;

constexpr const char* kToken = "planted-access-token-6f1c";

StoredLogin full_login() {
  StoredLogin login;
  login.config = {.issuer = "https://issuer.example/tenant",
                  .client_id = "client",
                  .client_secret = Secret("planted-client-secret"),
                  .redirect_uri = "http://127.0.0.1:7777/cb",
                  .scopes = {"openid", "mail"},
                  .endpoints = {.authorization = "https://issuer.example/a",
                                .token = "https://issuer.example/t",
                                .revocation = "https://issuer.example/r",
                                .userinfo = "https://issuer.example/u",
                                .jwks = "https://issuer.example/j"},
                  .alternative_ports = {7778, 7779}};
  login.tokens = {.access_token = Secret(kToken),
                  .token_type = "Bearer",
                  .refresh_token = Secret("planted-refresh-token"),
                  .id_token = Secret("planted-id-token"),
                  .expires_at = TimePoint(std::chrono::milliseconds(1'800'000'000'123)),
                  .obtained_at = TimePoint(std::chrono::milliseconds(1'799'999'000'000)),
                  .scopes = {"openid"}};
  return login;
}

StoredLogin login(std::string_view access_token) {
  StoredLogin result;
  result.tokens.access_token = Secret(access_token);
  return result;
}

class EncryptedFileStorage : public ::testing::Test {
 protected:
  EncryptedFileStorage() { write_file(machine_id_, "0123456789abcdef0123456789abcdef\n"); }

  std::unique_ptr<TokenStorage> open() { return make_encrypted_file_storage({folder_, machine_id_}, random_); }
  fs::path file(const std::string& provider = "google") const { return folder_ / (internal::record_stem(provider) + ".login"); }
  std::string load_error(const std::string& provider = "google") {
    const auto loaded = open()->load(provider);
    return loaded ? "" : loaded.error().code;
  }
  std::string token(const std::string& provider = "google") {
    return std::string(open()->load(provider).value()->tokens.access_token.expose());
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_ / "data" / "mimir";
  fs::path machine_id_ = temporary_ / "machine-id";
  SystemRandom random_;
};

fs::perms mode(const fs::path& path) { return fs::status(path).permissions(); }

TEST_F(EncryptedFileStorage, GivesEverythingBackAfterARestart) {
  ASSERT_EQ(open()->store("google", full_login(), 0).value(), 1u);

  const auto loaded = open()->load("google").value();

  ASSERT_TRUE(loaded);
  const auto expected = full_login();
  EXPECT_EQ(loaded->generation, 1u);
  EXPECT_EQ(loaded->config.issuer, expected.config.issuer);
  EXPECT_EQ(loaded->config.client_id, expected.config.client_id);
  EXPECT_TRUE(loaded->config.client_secret->equals(*expected.config.client_secret));
  EXPECT_EQ(loaded->config.redirect_uri, expected.config.redirect_uri);
  EXPECT_EQ(loaded->config.scopes, expected.config.scopes);
  EXPECT_EQ(loaded->config.endpoints.authorization, expected.config.endpoints.authorization);
  EXPECT_EQ(loaded->config.endpoints.token, expected.config.endpoints.token);
  EXPECT_EQ(loaded->config.endpoints.revocation, expected.config.endpoints.revocation);
  EXPECT_EQ(loaded->config.endpoints.userinfo, expected.config.endpoints.userinfo);
  EXPECT_EQ(loaded->config.endpoints.jwks, expected.config.endpoints.jwks);
  EXPECT_EQ(loaded->config.alternative_ports, expected.config.alternative_ports);
  EXPECT_TRUE(loaded->tokens.access_token.equals(expected.tokens.access_token));
  EXPECT_EQ(loaded->tokens.token_type, "Bearer");
  EXPECT_TRUE(loaded->tokens.refresh_token->equals(*expected.tokens.refresh_token));
  EXPECT_TRUE(loaded->tokens.id_token->equals(*expected.tokens.id_token));
  EXPECT_EQ(loaded->tokens.expires_at, expected.tokens.expires_at);
  EXPECT_EQ(loaded->tokens.obtained_at, expected.tokens.obtained_at);
  EXPECT_EQ(loaded->tokens.scopes, expected.tokens.scopes);
}

TEST_F(EncryptedFileStorage, WhatIsAbsentStaysAbsent) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));

  const auto loaded = open()->load("google").value();

  EXPECT_FALSE(loaded->config.client_secret);
  EXPECT_FALSE(loaded->tokens.refresh_token);
  EXPECT_FALSE(loaded->tokens.id_token);
  EXPECT_FALSE(loaded->tokens.expires_at);
  EXPECT_FALSE(open()->load("github").value());
}

TEST_F(EncryptedFileStorage, ReadingLeavesNothingBehind) {
  EXPECT_FALSE(open()->load("google").value());
  EXPECT_TRUE(open()->providers().value().empty());
  EXPECT_TRUE(open()->erase("google"));
  EXPECT_FALSE(fs::exists(folder_));
}

// CH-FS-01: whatever the umask.
TEST_F(EncryptedFileStorage, FolderAndFilesAreForTheUserAlone) {
  const mode_t before = ::umask(0);
  ASSERT_TRUE(open()->store("google", full_login(), 0));
  const auto lock = open()->lock("google", 0ms, {});
  ::umask(before);

  EXPECT_EQ(mode(folder_), fs::perms::owner_all);
  EXPECT_EQ(mode(folder_.parent_path()), fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_EQ(mode(entry.path()), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
  }
}

TEST_F(EncryptedFileStorage, NoSecretIsInAnyFile) {
  ASSERT_TRUE(open()->store("google", full_login(), 0));

  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    ++files;
    EXPECT_EQ(read_file(entry.path()).find("planted"), std::string::npos) << entry.path();
    EXPECT_EQ(read_file(entry.path()).find("issuer.example"), std::string::npos) << entry.path();
  }
  EXPECT_GE(files, 2);
}

TEST_F(EncryptedFileStorage, TheSameLoginIsNeverTheSameBytes) {
  ASSERT_TRUE(open()->store("google", login("same"), 0));
  const auto first = read_file(file());
  ASSERT_TRUE(open()->erase("google"));
  ASSERT_TRUE(open()->store("google", login("same"), 0));

  EXPECT_NE(read_file(file()).substr(60), first.substr(60));
}

TEST_F(EncryptedFileStorage, TruncatedAtAnyByteItIsCorruptAndLeftInPlace) {
  ASSERT_TRUE(open()->store("google", full_login(), 0));
  const auto whole = read_file(file());
  const auto storage = open();

  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(file(), std::string_view(whole).substr(0, size));
    const auto loaded = storage->load("google");
    ASSERT_FALSE(loaded) << size;
    ASSERT_EQ(loaded.error().code, "storage.corrupt") << size;
    ASSERT_EQ(loaded.error().category, Category::LocalEnvironment);
    ASSERT_NE(loaded.error().hint, "");
  }
  EXPECT_EQ(read_file(file()), whole.substr(0, whole.size() - 1));
}

TEST_F(EncryptedFileStorage, FilesCannotBeExchangedForOneAnother) {
  ASSERT_TRUE(open()->store("google", login("g"), 0));
  ASSERT_TRUE(open()->store("github", login("h"), 0));
  write_file(file("github"), read_file(file("google")));

  EXPECT_EQ(load_error("github"), "storage.corrupt");
  EXPECT_EQ(token("google"), "g");
}

TEST_F(EncryptedFileStorage, AnotherMachineCannotReadIt) {
  ASSERT_TRUE(open()->store("google", full_login(), 0));
  for (const std::string id : {"ffffffffffffffffffffffffffffffff\n", "x", "", "uninitialized\n"}) {
    write_file(machine_id_, id);
    EXPECT_EQ(load_error(), "storage.wrong_machine") << id;
  }
  fs::remove(machine_id_);
  EXPECT_EQ(load_error(), "storage.wrong_machine");
}

TEST_F(EncryptedFileStorage, WithoutAMachineIdThereIsNoBinding) {
  write_file(machine_id_, "uninitialized\n");
  ASSERT_TRUE(open()->store("google", login("t"), 0));

  write_file(machine_id_, "0123456789abcdef0123456789abcdef\n");

  EXPECT_EQ(token(), "t");
}

// CH-FS-08: the data file alone is worth nothing.
TEST_F(EncryptedFileStorage, WithoutTheInstallationSecretItCannotBeRead) {
  ASSERT_TRUE(open()->store("google", full_login(), 0));
  fs::remove(folder_ / "=installation.key");
  EXPECT_EQ(load_error(), "storage.key_lost");

  ASSERT_TRUE(open()->store("github", login("new key"), 0));
  EXPECT_EQ(load_error(), "storage.key_lost");

  write_file(folder_ / "=installation.key", "short");
  EXPECT_EQ(load_error(), "storage.corrupt");
}

TEST_F(EncryptedFileStorage, ANewerVersionIsNeitherReadNorReplaced) {
  ASSERT_TRUE(open()->store("google", full_login(), 0));
  auto bytes = read_file(file());
  bytes[8] = 2;
  write_file(file(), bytes);

  EXPECT_EQ(load_error(), "storage.newer_version");
  EXPECT_EQ(open()->store("google", login("old program"), 0).error().code, "storage.newer_version");
  EXPECT_EQ(read_file(file()), bytes);
}

TEST_F(EncryptedFileStorage, ANewLoginSetsADamagedFileAside) {
  ASSERT_TRUE(open()->store("google", login("old"), 0));
  write_file(file(), "damaged");

  EXPECT_FALSE(open()->store("google", login("refresh"), 1)) << "a refresh has no business here";
  ASSERT_TRUE(open()->store("google", login("new"), 0));

  EXPECT_EQ(token(), "new");
  EXPECT_EQ(read_file(folder_ / "=damaged-google.login"), "damaged");
  EXPECT_THAT(open()->providers().value(), ElementsAre("google"));
  ASSERT_TRUE(open()->erase("google"));
  EXPECT_FALSE(fs::exists(folder_ / "=damaged-google.login"));
}

TEST_F(EncryptedFileStorage, RefusesASymbolicLink) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::rename(file(), temporary_ / "elsewhere");
  fs::create_symlink(temporary_ / "elsewhere", file());

  EXPECT_EQ(load_error(), "storage.insecure");
  EXPECT_FALSE(open()->store("google", login("u"), 0));
  EXPECT_TRUE(fs::is_symlink(file()));
}

TEST_F(EncryptedFileStorage, RefusesASecondNameOfTheFile) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::create_hard_link(file(), temporary_ / "second");

  EXPECT_EQ(load_error(), "storage.insecure");
}

TEST_F(EncryptedFileStorage, RefusesAFifoWithoutWaitingForIt) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);

  EXPECT_EQ(load_error(), "storage.insecure");
}

TEST_F(EncryptedFileStorage, RefusesAFolderInPlaceOfAFile) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::remove(file());
  fs::create_directory(file());

  EXPECT_EQ(load_error(), "storage.insecure");
}

TEST_F(EncryptedFileStorage, RefusesWhatOthersCanReadAndSaysHowToRepair) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::permissions(file(), fs::perms::group_read, fs::perm_options::add);
  const auto loaded = open()->load("google");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "storage.insecure");
  EXPECT_THAT(loaded.error().hint, HasSubstr("chmod 600"));
  fs::permissions(file(), fs::perms::group_read, fs::perm_options::remove);

  fs::permissions(folder_, fs::perms::others_exec, fs::perm_options::add);
  const auto probed = open()->probe();
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, "storage.insecure");
  EXPECT_THAT(probed.error().hint, HasSubstr("chmod 700"));
}

TEST_F(EncryptedFileStorage, RefusesALinkedFolderARelativeOneAndAFile) {
  fs::create_directories(temporary_ / "real");
  fs::create_directory_symlink(temporary_ / "real", temporary_ / "link");
  write_file(temporary_ / "file", "");

  EXPECT_FALSE(make_encrypted_file_storage({temporary_ / "link", machine_id_}, random_)->probe());
  EXPECT_FALSE(make_encrypted_file_storage({"relative", machine_id_}, random_)->probe());
  EXPECT_FALSE(make_encrypted_file_storage({temporary_ / "file", machine_id_}, random_)->probe());
  EXPECT_FALSE(make_encrypted_file_storage({temporary_ / "file" / "below", machine_id_}, random_)->probe());
  EXPECT_FALSE(make_encrypted_file_storage({{}, machine_id_}, random_)->probe());
}

TEST_F(EncryptedFileStorage, RefusesAHugeFileWithoutReadingItAll) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::resize_file(file(), std::uintmax_t{1} << 32);  // sparse

  EXPECT_EQ(load_error(), "storage.corrupt");
}

TEST_F(EncryptedFileStorage, WhatIsTooLargeOrNoTextIsNotStoredAndHarmsNothing) {
  ASSERT_TRUE(open()->store("google", login("good"), 0));

  EXPECT_EQ(open()->store("google", login(std::string(2 << 20, 'x')), 1).error().code, "storage.unstorable");
  EXPECT_EQ(open()->store("google", login("\xff\xfe"), 1).error().code, "storage.unstorable");

  EXPECT_EQ(token(), "good");
}

TEST_F(EncryptedFileStorage, RefusesAWriterThatReadAnOlderGeneration) {
  ASSERT_EQ(open()->store("google", login("first"), 0).value(), 1u);
  ASSERT_EQ(open()->store("google", login("second"), 1).value(), 2u);

  EXPECT_EQ(open()->store("google", login("late"), 1).error().code, "storage.conflict");
  EXPECT_EQ(open()->store("google", login("late"), 0).error().code, "storage.conflict");
  EXPECT_EQ(token(), "second");
}

TEST_F(EncryptedFileStorage, NeverReusesAGenerationAfterErase) {
  ASSERT_EQ(open()->store("google", login("first"), 0).value(), 1u);
  ASSERT_TRUE(open()->erase("google"));
  EXPECT_FALSE(fs::exists(file()));
  ASSERT_EQ(open()->store("google", login("second"), 0).value(), 2u);

  EXPECT_FALSE(open()->store("google", login("of the erased login"), 1));
}

TEST_F(EncryptedFileStorage, StoresWhileTheLockOfTheLoginIsHeld) {
  const auto storage = open();
  const auto lock = storage->lock("google", 0ms, {});
  ASSERT_TRUE(lock);

  EXPECT_EQ(storage->store("google", login("t"), 0).value(), 1u);
  EXPECT_TRUE(storage->erase("google"));
}

TEST_F(EncryptedFileStorage, TheLockKeepsThreadsAndObjectsApart) {
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

TEST_F(EncryptedFileStorage, StopEndsTheWaitForALock) {
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

TEST_F(EncryptedFileStorage, TheLockKeepsProcessesApartAndDiesWithItsHolder) {
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
TEST_F(EncryptedFileStorage, EveryGenerationIsWonByOneProcess) {
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

TEST_F(EncryptedFileStorage, ReadersOnlyEverSeeWholeRecords) {
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

TEST_F(EncryptedFileStorage, RemovesWhatAKilledWriterLeftAndNothingElse) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  write_file(folder_ / "=tmp-abandoned", "half a record");
  write_file(folder_ / "of somebody else", "x");

  ASSERT_TRUE(open()->store("google", login("u"), 1));

  EXPECT_FALSE(fs::exists(folder_ / "=tmp-abandoned"));
  EXPECT_TRUE(fs::exists(folder_ / "of somebody else"));
}

TEST_F(EncryptedFileStorage, AFailedWriteLeavesTheOldRecord) {
  class NoRandom final : public Random {
   public:
    codec::Result<> fill(std::span<std::uint8_t>) override { return codec::fail("random.unavailable", "none"); }
  };
  ASSERT_TRUE(open()->store("google", login("old"), 0));
  const auto before = read_file(file());
  NoRandom none;

  const auto stored = make_encrypted_file_storage({folder_, machine_id_}, none)->store("google", login("new"), 1);

  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, "random.unavailable");
  EXPECT_EQ(read_file(file()), before);
}

TEST_F(EncryptedFileStorage, ProbeLeavesNoLogin) {
  ASSERT_TRUE(open()->probe());

  EXPECT_TRUE(open()->providers().value().empty());
  EXPECT_FALSE(fs::exists(folder_ / "=probe"));
}

TEST_F(EncryptedFileStorage, AnyNameIsAFileOfItsOwnWithinTheFolder) {
  std::vector<std::string> names = {"../evil", "CON",   "con", ".",       "..", "a/b", ".hidden", "=tmp-x",
                                    "%2e",     "a b\n", "x",   "x.login", "é",  std::string(4000, 'n')};
  for (const auto& name : names) ASSERT_TRUE(open()->store(name, login("t"), 0)) << name;

  std::ranges::sort(names);
  EXPECT_EQ(open()->providers().value(), names);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.parent_path()), {}), 1);
  EXPECT_EQ(open()->store("", login("t"), 0).error().code, "storage.name");
  EXPECT_EQ(open()->load(std::string(5000, 'n')).error().code, "storage.name");
}

TEST_F(EncryptedFileStorage, SaysWhereItIs) { EXPECT_EQ(open()->description(), "encrypted file " + folder_.string()); }

TEST(RecordName, CannotClashByCaseOrEscapeTheFolder) {
  EXPECT_EQ(internal::record_stem("google"), "google");
  EXPECT_EQ(internal::record_stem("Google"), "%47oogle");
  EXPECT_EQ(internal::record_stem("../x"), "%2E.%2Fx");
  EXPECT_EQ(internal::record_stem(std::string(500, 'a')).size(), 65u);
  EXPECT_EQ(internal::provider_from_stem("%47oogle"), "Google");
  EXPECT_EQ(internal::provider_from_stem("Google"), std::nullopt);
  EXPECT_EQ(internal::provider_from_stem("=installation"), std::nullopt);
}

}  // namespace
}  // namespace mimir::oauth
