// Disks that are full, read-only, broken or strange: what happened is said, what was stored is as it was, nothing is
// written in place and nothing half-written stays.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include <mimir/codec/clock.hpp>
#include <mimir/oauth/login_import.hpp>
#include <mimir/oauth/storage_choice.hpp>

#include "encrypted_file_fixture.hpp"
#include "own_process.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr unsigned kWriting = O_CREAT | O_WRONLY | O_RDWR;

FailingCall call(long number, int error) { return {.number = number, .error = error}; }
/// Not of 16 bytes: so much UBSan writes into a pipe of its own to see whether memory may be read.
FailingCall writing(int error) { return {.number = SYS_write, .error = error, .argument = 2, .bits = ~16U}; }
FailingCall opening_to_write(int error) { return {.number = SYS_openat, .error = error, .argument = 2, .bits = kWriting}; }

struct DiskFault {
  const char* name;
  std::vector<FailingCall> calls;
  const char* code;
  const char* reason;  ///< Of the system, in the message.
  const char* advice;  ///< Part of the hint.
};

std::string said_of(const Error& error) { return error.code + '|' + error.message + '|' + error.hint + '\n'; }

class StorageFaultTest : public EncryptedFileStorageTest {
 protected:
  StorageFaultTest() { EXPECT_TRUE(open()->store("google", login("old"), 0)); }

  /// Every file of the folder, byte for byte.
  std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      files[entry.path().filename().string()] = read_file(entry.path());
    }
    return files;
  }
  std::string stored_now() {
    const auto loaded = open()->load("google");
    return loaded && *loaded ? std::string((*loaded)->tokens.access_token.expose()) : "nothing";
  }
  std::string attempt(const Result<std::uint64_t>& stored) {
    return (stored ? "stored\n" : said_of(stored.error())) + stored_now();
  }
};

class DiskFaultTest : public StorageFaultTest, public ::testing::WithParamInterface<DiskFault> {
 protected:
  void expect_told(const std::string& said) const {
    EXPECT_EQ(said.find(std::string(GetParam().code) + '|'), 0U) << said;
    EXPECT_NE(said.find(folder_.string()), std::string::npos) << "it is not said where: " << said;
    EXPECT_NE(said.find(GetParam().reason), std::string::npos) << said;
    EXPECT_NE(said.find(GetParam().advice), std::string::npos) << said;
  }
};

TEST_P(DiskFaultTest, TheOldRecordStaysAndTheReasonIsSaid) {  // CH-FS-05
  const auto before = content();

  const auto said = said_by_own_process([this] { return attempt(open()->store("google", login("new"), 1)); }, GetParam().calls);

  expect_told(said);
  EXPECT_TRUE(said.ends_with("\nold")) << said;
  EXPECT_EQ(content(), before) << "something was changed or left behind";
  EXPECT_EQ(open()->store("google", login("new"), 1), 2U) << "once the disk is well again";
}

TEST_P(DiskFaultTest, NoLoginBeginsThatCouldNotBeKept) {  // CH-ST-01: told by the probe, before a browser opens
  const auto before = content();

  const auto said = said_by_own_process(
      [this] {
        const auto usable = open()->probe();
        return usable ? "usable" : said_of(usable.error());
      },
      GetParam().calls);

  expect_told(said);
  EXPECT_EQ(content(), before);
}

TEST_P(DiskFaultTest, AnImportLeavesTheFile) {
  const auto file = temporary_ / "tokens.json";
  const std::string text = R"({"client_id": "c", "refresh_token": "r", "issuer": "https://as.example"})";
  write_file(file, text);
  const auto before = content();

  const auto said = said_by_own_process(
      [&] {
        const codec::ManualClock clock{TimePoint{}};
        const auto report = import_logins({.file = file, .name = "mine"}, *open(), clock);
        return report ? "imported" : said_of(report.error());
      },
      GetParam().calls);

  expect_told(said);
  EXPECT_EQ(read_file(file), text);
  EXPECT_FALSE(open()->load("mine").value());
}

constexpr const char* kSpace = "Free some space";
constexpr const char* kAnotherDisk = "or set MIMIR_HOME to a folder on another one";

INSTANTIATE_TEST_SUITE_P(
    Table, DiskFaultTest,
    ::testing::Values(
        DiskFault{"FullWhenAFileIsMade", {opening_to_write(ENOSPC)}, "storage.unavailable", "No space left", kSpace},
        DiskFault{"FullWhenItIsWritten", {writing(ENOSPC)}, "storage.unavailable", "No space left", kSpace},
        DiskFault{"FullWhenItIsSynced", {call(SYS_fsync, ENOSPC)}, "storage.unavailable", "No space left", kSpace},
        DiskFault{"FullWhenItGetsItsName",
                  {call(SYS_renameat, ENOSPC), call(SYS_renameat2, ENOSPC)},
                  "storage.unavailable",
                  "No space left",
                  kSpace},
        DiskFault{"QuotaWhenItIsWritten", {writing(EDQUOT)}, "storage.unavailable", "quota exceeded", kSpace},
        DiskFault{"QuotaWhenItIsSynced", {call(SYS_fsync, EDQUOT)}, "storage.unavailable", "quota exceeded", kSpace},
        DiskFault{"ReadOnly", {opening_to_write(EROFS)}, "storage.unavailable", "Read-only file system", kAnotherDisk},
        DiskFault{"ReadOnlyMeanwhile",
                  {call(SYS_renameat, EROFS), call(SYS_renameat2, EROFS)},
                  "storage.unavailable",
                  "Read-only file system",
                  kAnotherDisk},
        DiskFault{"AcrossFileSystems",
                  {call(SYS_renameat, EXDEV), call(SYS_renameat2, EXDEV)},
                  "storage.unavailable",
                  "cross-device",
                  "lies on one file system as a whole"},
        DiskFault{"BrokenWhenItIsWritten", {writing(EIO)}, "storage.unavailable", "Input/output error", "save what is on it"},
        DiskFault{"BrokenWhenItIsSynced", {call(SYS_fsync, EIO)}, "storage.unavailable", "Input/output error", "save what is on it"},
        DiskFault{"NoLocksLeft", {call(SYS_flock, ENOLCK)}, "storage.no_locks", "No locks available", "local disk"},
        DiskFault{"NoLocksAtAll", {call(SYS_flock, ENOSYS)}, "storage.no_locks", "not implemented", "local disk"},
        DiskFault{"LocksNotSupported", {call(SYS_flock, EOPNOTSUPP)}, "storage.no_locks", "not supported", "local disk"}),
    [](const auto& fault) { return fault.param.name; });

TEST_F(StorageFaultTest, ATornWriteIsNotKept) {  // the kernel takes the first bytes, and then no more
  const auto before = content();

  const auto said = said_by_own_process([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return attempt(open()->store("google", login(std::string(5000, 'n')), 1));
  });

  EXPECT_NE(said.find("File too large"), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("\nold")) << said;
  EXPECT_EQ(content(), before);
}

TEST_F(StorageFaultTest, LogoutFromADiskThatCanOnlyBeReadIsNoSuccess) {
  const auto said = said_by_own_process(
      [this] {
        const auto erased = open()->erase("google");
        return (erased ? "erased\n" : said_of(erased.error())) + stored_now();
      },
      {call(SYS_unlinkat, EROFS)});

  EXPECT_NE(said.find("Read-only file system"), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("\nold")) << said;
}

/// The folder is the first that is opened, and so has the lowest descriptor that is free.
int descriptor_of_the_folder() {
  const int free = ::dup(0);
  ::close(free);
  return free;
}

TEST_F(StorageFaultTest, ANameThatIsNotSyncedIsSaidAndWholeAllTheSame) {
  const auto said = said_by_own_process([this] { return attempt(open()->store("google", login("new"), 1)); },
                                        {{.number = SYS_fsync, .error = EIO, .descriptor = descriptor_of_the_folder()}});

  EXPECT_NE(said.find("Input/output error"), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("\nnew")) << said;
  EXPECT_EQ(token(), "new");
}

TEST_F(StorageFaultTest, AFileSystemThatCannotSyncFoldersIsGoodEnough) {
  const auto said = said_by_own_process([this] { return attempt(open()->store("google", login("new"), 1)); },
                                        {{.number = SYS_fsync, .error = EINVAL, .descriptor = descriptor_of_the_folder()}});

  EXPECT_EQ(said, "stored\nnew");
}

TEST_F(StorageFaultTest, TheChoiceOfAStorageDoesNotGoToAnotherForWantOfLocks) {  // CH-FS-14
  const auto said = said_by_own_process(
      [this] {
        StorageOptions options{.folder = temporary_ / "other",
                               .environment = [](std::string_view) { return std::nullopt; },
                               .machine_id_file = machine_id_};
        const auto storage = std::move(*open_storage(options, random_));
        const auto usable = storage->probe();
        return usable ? "usable" : said_of(usable.error());
      },
      {call(SYS_flock, ENOLCK)});

  EXPECT_EQ(said.find("storage.no_locks|"), 0U) << said;
}

}  // namespace
}  // namespace mimir::oauth::testing
