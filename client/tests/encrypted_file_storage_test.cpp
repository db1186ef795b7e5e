#include <mimir/oauth/token_storage.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "encrypted_file_fixture.hpp"

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::read_file;
using testing::login;
using testing::write_file;
namespace fs = std::filesystem;
using EncryptedFileStorage = testing::EncryptedFileStorageTest;

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

TEST_F(EncryptedFileStorage, RefusesLinksWhereverTheyLead) {  // CH-FS-03
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::remove(file());
  const fs::path own = folder_ / "=installation.key";
  const auto key = read_file(own);
  for (const fs::path& target : {own, fs::path("/etc/passwd"), folder_, file(), temporary_ / "nowhere"}) {
    fs::create_symlink(target, file());
    EXPECT_EQ(load_error(), "storage.insecure") << target;
    EXPECT_FALSE(open()->store("google", login("u"), 0)) << target;
    EXPECT_TRUE(fs::is_symlink(file())) << target;
    fs::remove(file());
  }
  EXPECT_EQ(read_file(own), key);
  EXPECT_FALSE(fs::exists(temporary_ / "nowhere"));
}

TEST_F(EncryptedFileStorage, RefusesAFileOfAnotherUserOrADevice) {  // CH-FS-01, CH-FS-16
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  fs::remove(file());
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  EXPECT_FALSE(open()->store("google", login("u"), 0));
  fs::remove(file());

  if (::geteuid() != 0) {  // a file of another user cannot be made without root, but there are folders of root's
    EXPECT_EQ(make_encrypted_file_storage({"/usr", machine_id_}, random_)->load("google").error().code, "storage.insecure");
    return;
  }
  write_file(file(), "x");
  fs::permissions(file(), fs::perms::owner_read);
  ASSERT_EQ(::chown(file().c_str(), 12345, 12345), 0);
  const auto foreign = open()->load("google");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, "storage.insecure");
  EXPECT_THAT(foreign.error().message, HasSubstr("another user"));
  fs::remove(file());
  ASSERT_EQ(::chown(folder_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(load_error(), "storage.insecure");
}

// CH-FS-04: whoever can rename the folder can put another one in its place.
TEST_F(EncryptedFileStorage, RefusesAFolderBelowOneThatOthersMayChange) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  const auto above = folder_.parent_path();

  fs::permissions(above, fs::perms(0777));
  const auto loaded = open()->load("google");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "storage.insecure");
  EXPECT_THAT(loaded.error().message, HasSubstr(above.string()));
  EXPECT_THAT(loaded.error().hint, HasSubstr("chmod go-w '" + above.string() + "'"));
  EXPECT_EQ(open()->probe().error().code, "storage.insecure");

  fs::permissions(above, fs::perms(01777));  // as /tmp is: others cannot rename what is not theirs
  EXPECT_EQ(token(), "t");
  fs::permissions(above, fs::perms(0755));
  EXPECT_EQ(token(), "t");
}

TEST_F(EncryptedFileStorage, LooksAtTheFoldersThatALinkLeadsThrough) {  // CH-FS-04
  fs::create_directories(temporary_ / "shared" / "home");
  fs::permissions(temporary_ / "shared", fs::perms(0777));
  fs::create_directory_symlink(temporary_ / "shared" / "home", temporary_ / "home");
  const auto storage = make_encrypted_file_storage({temporary_ / "home" / "mimir", machine_id_}, random_);

  EXPECT_EQ(storage->probe().error().code, "storage.insecure");
  fs::permissions(temporary_ / "shared", fs::perms(0755));
  EXPECT_TRUE(storage->probe());
}

TEST_F(EncryptedFileStorage, ANewLoginOnAnotherMachineSetsTheOldFileAside) {  // CH-FS-09
  ASSERT_TRUE(open()->store("google", login("old"), 0));
  const auto old = read_file(file());
  write_file(machine_id_, "ffffffffffffffffffffffffffffffff\n");
  ASSERT_EQ(load_error(), "storage.wrong_machine");
  EXPECT_EQ(open()->load("google").error().category, Category::LocalEnvironment);
  EXPECT_FALSE(open()->store("google", login("refresh"), 1)) << "only a login may";

  ASSERT_TRUE(open()->store("google", login("new"), 0));

  EXPECT_EQ(token(), "new");
  EXPECT_EQ(read_file(folder_ / "=damaged-google.login"), old);
}

TEST_F(EncryptedFileStorage, PlainTextIsNeverTakenForALogin) {  // CH-FS-12
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  for (const std::string_view text : {"", "{}", R"({"version":1,"tokens":{"access_token":"plain"}})",
                                      R"({"access_token": "plain", "refresh_token": "plain"})"}) {
    write_file(file(), text);
    EXPECT_EQ(load_error(), "storage.corrupt") << text;
  }
}

TEST_F(EncryptedFileStorage, OneDamagedLoginLeavesTheOthers) {  // CH-ST-09
  ASSERT_TRUE(open()->store("google", login("g"), 0));
  ASSERT_TRUE(open()->store("github", login("h"), 0));
  for (const std::string_view bytes : {"", "damaged"}) {
    write_file(file(), bytes);

    EXPECT_EQ(load_error(), "storage.corrupt");
    EXPECT_EQ(token("github"), "h");
    EXPECT_THAT(open()->providers().value(), ElementsAre("github", "google"));
    EXPECT_EQ(read_file(file()), bytes);
  }
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

TEST_F(EncryptedFileStorage, RemovesWhatAKilledWriterLeftAndNothingElse) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  const auto now = fs::file_time_type::clock::now();
  const std::vector<std::pair<std::string, std::chrono::seconds>> ages{
      {"=tmp-abandoned", -61s}, {"=tmp-before-the-clock-was-set-back", 90s}, {"=tmp-of-a-note-being-written", -30s},
      {"of somebody else", -3600s}};
  for (const auto& [name, age] : ages) {
    write_file(folder_ / name, "half a record");
    fs::last_write_time(folder_ / name, now + age);
  }

  ASSERT_TRUE(open()->store("google", login("u"), 1));

  EXPECT_FALSE(fs::exists(folder_ / "=tmp-abandoned"));
  EXPECT_FALSE(fs::exists(folder_ / "=tmp-before-the-clock-was-set-back"));
  EXPECT_TRUE(fs::exists(folder_ / "=tmp-of-a-note-being-written"));
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
