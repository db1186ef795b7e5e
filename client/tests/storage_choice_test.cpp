// Which backend keeps a login: chosen once, recorded, never changed behind anybody's back.
#include <gtest/gtest.h>

#include <mimir/oauth/storage_choice.hpp>

#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

StoredLogin kept(const std::string& access) {
  return {.config = {.issuer = "https://as.example", .client_id = "cli"},
          .tokens = {.access_token = Secret(access), .token_type = "Bearer", .refresh_token = Secret("refresh")}};
}

class StorageChoiceTest : public ::testing::Test {
 protected:
  StorageOptions options(const std::string& backend = "auto") const {
    return {.folder = folder_,
            .backend = backend,
            .environment = [this](std::string_view name) -> std::optional<std::string> {
              if (name == "MIMIR_ACCESS_TOKEN" && !token_.empty()) return token_;
              return std::nullopt;  // no bus: there is no keyring
            },
            .machine_id_file = temporary_ / "none"};
  }
  std::unique_ptr<TokenStorage> open(const std::string& backend = "auto") {
    return std::move(*open_storage(options(backend), random_));
  }
  std::string error_of(const std::string& backend) {
    const auto loaded = open(backend)->load("google");
    return loaded ? "" : loaded.error().code;
  }
  bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_ / "mimir";
  std::string token_;
  SystemRandom random_;
};

TEST_F(StorageChoiceTest, ReadingChoosesAndTouchesNothing) {
  EXPECT_FALSE(*open()->load("google"));
  EXPECT_TRUE(open()->providers()->empty());
  EXPECT_TRUE(open()->erase("google"));
  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_EQ(open()->description(), "not chosen yet");
}

TEST_F(StorageChoiceTest, TheFirstLoginTakesTheBestThatIsThereAndSaysWhyNotABetterOne) {  // CH-ST-02
  ASSERT_TRUE(open()->probe());

  const auto text = open()->description();
  EXPECT_NE(text.find("encrypted file"), std::string::npos) << text;
  EXPECT_NE(text.find("no session bus"), std::string::npos) << text;
}

TEST_F(StorageChoiceTest, AnotherBackendThanTheRecordedOneIsRefused) {  // CH-ST-03: one copy
  ASSERT_TRUE(open("file")->store("google", kept("access-1"), 0));

  EXPECT_EQ(error_of("secret-service"), "storage.other_backend");
  EXPECT_EQ(open("secret-service")->probe().error().code, "storage.other_backend");
  EXPECT_EQ(error_of("auto"), "");
}

TEST_F(StorageChoiceTest, ARecordedKeyringThatIsGoneIsNotReplacedByAFile) {  // CH-ST-02
  ASSERT_TRUE(open("file")->probe());
  write_file(folder_ / "=storage", R"({"version":1,"backend":"secret-service"})");

  EXPECT_EQ(error_of("auto"), "storage.unavailable");
  EXPECT_EQ(open()->probe().error().code, "storage.unavailable");
  EXPECT_EQ(open()->store("google", kept("access-1"), 0).error().code, "storage.unavailable");
  EXPECT_FALSE(has("google.login"));
}

TEST_F(StorageChoiceTest, LoginsOfATimeWithoutARecordAreFound) {
  ASSERT_TRUE(make_encrypted_file_storage({folder_, temporary_ / "none"}, random_)->store("google", kept("access-1"), 0));

  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "access-1");
  ASSERT_EQ(open()->store("google", kept("access-2"), 1), 2u);
  EXPECT_TRUE(has("=storage"));
}

TEST_F(StorageChoiceTest, ADamagedRecordIsSaidAndNothingIsLost) {
  ASSERT_TRUE(open("file")->store("google", kept("access-1"), 0));
  for (const auto* text : {"", "{", "[]", "{\"backend\":7}", "{\"backend\":\"\"}"}) {
    write_file(folder_ / "=storage", text);
    EXPECT_EQ(error_of("auto"), "storage.corrupt") << text;
    EXPECT_EQ(open()->probe().error().code, "storage.corrupt") << text;
  }
  write_file(folder_ / "=storage", R"({"backend":"of-the-future"})");
  EXPECT_EQ(error_of("auto"), "storage.unknown_backend");

  std::filesystem::remove(folder_ / "=storage");
  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "access-1");
}

TEST_F(StorageChoiceTest, UnknownNamesAreToldWhatThereIs) {
  const auto opened = open_storage(options("keychian"), random_);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "storage.unknown_backend");
  EXPECT_NE(opened.error().hint.find("environment, file, memory, secret-service"), std::string::npos);
}

TEST_F(StorageChoiceTest, MemoryLeavesNothingBehind) {  // CH-ST-16
  const auto storage = open("memory");
  ASSERT_TRUE(storage->probe());
  ASSERT_TRUE(storage->store("google", kept("access-1"), 0));
  ASSERT_TRUE(storage->lock("google", std::chrono::seconds(1), {}));

  EXPECT_TRUE(*storage->load("google"));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(StorageChoiceTest, TheEnvironmentIsReadOnlyAndNeverWrittenToDisk) {  // CH-ST-11
  token_ = "access-of-ci";
  const auto storage = open("environment");

  const auto loaded = storage->load("google");
  ASSERT_TRUE(loaded && *loaded);
  EXPECT_EQ((*loaded)->tokens.access_token.expose(), "access-of-ci");
  EXPECT_FALSE((*loaded)->tokens.refresh_token);
  EXPECT_EQ(storage->probe().error().code, "storage.read_only");
  EXPECT_EQ(storage->store("google", kept("x"), 1).error().code, "storage.read_only");
  EXPECT_EQ(storage->erase("google").error().code, "storage.read_only");
  EXPECT_NE(storage->description().find("MIMIR_ACCESS_TOKEN"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_));
  token_.clear();
  EXPECT_FALSE(*storage->load("google"));
  EXPECT_TRUE(storage->providers()->empty());
}

TEST_F(StorageChoiceTest, MovingToAPlaceThatIsAbsentMovesNothing) {  // CH-ST-04
  ASSERT_TRUE(open("file")->store("google", kept("access-1"), 0));

  EXPECT_EQ(move_logins(options(), "secret-service", random_).error().code, "storage.unavailable");
  EXPECT_EQ(move_logins(options(), "memory", random_).error().code, "storage.unknown_backend");

  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "access-1");
  EXPECT_EQ(move_logins(options(), "file", random_), 0u);  // is there already
}

}  // namespace
}  // namespace mimir::oauth::testing
