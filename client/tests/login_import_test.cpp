// Logins that older programs keep in plain text: read when somebody asks for it, kept before the file goes.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <mimir/oauth/login_import.hpp>

#include "killed_at.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr TimePoint kImported{std::chrono::milliseconds(1'790'000'000'000)};

constexpr const char* kAuthorizedUser = R"({"type": "authorized_user", "client_id": "tool", "client_secret": "s3cret",
  "refresh_token": "refresh-1", "token_uri": "https://as.example/token", "account": "ada"})";

constexpr const char* kByProvider = R"({
  "work": {"accessToken": "access-w", "refreshToken": "refresh-w", "expiresAt": "2027-01-31T12:00:00.250Z", "scope": ["read", "write"],
           "config": {"issuer": "https://work.example", "clientId": "cli", "redirectUri": "http://127.0.0.1:8080/callback"}},
  "home": {"accessToken": "access-h", "expiresAt": 1800000000000, "scope": "read", "config": {"issuer": "https://home.example", "clientId": "cli"}}
})";

class LoginImportTest : public ::testing::Test {
 protected:
  LoginImportTest() { write(kByProvider); }

  void write(std::string_view text) const {
    write_file(file_, text);
    ::chmod(file_.c_str(), 0600);
  }
  std::unique_ptr<TokenStorage> open() { return make_encrypted_file_storage({temporary_ / "mimir", "/nonexistent"}, random_); }
  Result<ImportReport> import(LoginImport import = {}) {
    import.file = file_;
    const auto storage = open();
    return import_logins(import, *storage, clock_);
  }
  std::string refusal(LoginImport import_of = {}) {
    const auto report = import(std::move(import_of));
    EXPECT_TRUE(std::filesystem::exists(file_));
    EXPECT_TRUE(open()->providers()->empty());
    return report ? "" : report.error().code;
  }

  TemporaryFolder temporary_;
  std::filesystem::path file_ = temporary_ / "tokens.json";
  SystemRandom random_;
  codec::ManualClock clock_{kImported};
};

TEST_F(LoginImportTest, TokensOfSeveralProviders) {
  const auto report = import();

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->imported, (std::vector<std::string>{"work", "home"}));
  EXPECT_TRUE(report->left.empty());
  EXPECT_TRUE(report->file_removed);
  EXPECT_FALSE(report->readable_by_others);
  EXPECT_FALSE(std::filesystem::exists(file_));
  const auto login = *open()->load("work");
  ASSERT_TRUE(login);
  EXPECT_EQ(login->config.issuer, "https://work.example");
  EXPECT_EQ(login->config.client_id, "cli");
  EXPECT_EQ(login->config.redirect_uri, "http://127.0.0.1:8080/callback");
  EXPECT_EQ(login->tokens.access_token.expose(), "access-w");
  EXPECT_EQ(login->tokens.refresh_token->expose(), "refresh-w");
  EXPECT_EQ(login->tokens.scopes, (std::vector<std::string>{"read", "write"}));
  EXPECT_EQ(login->tokens.expires_at, TimePoint(std::chrono::milliseconds(1'801'396'800'250)));
  EXPECT_EQ((*open()->load("home"))->tokens.expires_at, TimePoint(std::chrono::milliseconds(1'800'000'000'000)));
}

TEST_F(LoginImportTest, OneAuthorizedUserIsRefreshedAtItsFirstUse) {
  write(kAuthorizedUser);

  const auto report = import({.issuer = "https://as.example"});

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->imported, std::vector<std::string>{"ada"});
  const auto login = *open()->load("ada");
  EXPECT_EQ(login->config.issuer, "https://as.example");
  EXPECT_EQ(login->config.client_secret->expose(), "s3cret");
  EXPECT_EQ(login->config.endpoints.token, "https://as.example/token");
  EXPECT_EQ(login->tokens.refresh_token->expose(), "refresh-1");
  EXPECT_EQ(login->tokens.expires_at, kImported);
}

TEST_F(LoginImportTest, WhatTheFileDoesNotSayIsAskedFor) {
  write(kAuthorizedUser);
  EXPECT_EQ(refusal(), "import.incomplete");
  write(R"({"refresh_token": "r", "client_id": "tool", "issuer": "https://as.example"})");
  EXPECT_EQ(refusal(), "import.incomplete");
  EXPECT_EQ(import({.name = "mine"})->imported, std::vector<std::string>{"mine"});
}

TEST_F(LoginImportTest, AnotherLoginOfThatNameIsLeftAndSoIsTheFile) {
  const StoredLogin other{.config = {.issuer = "https://work.example", .client_id = "cli"},
                          .tokens = {.access_token = Secret("newer"), .token_type = "Bearer"}};
  ASSERT_TRUE(open()->store("work", other, 0));

  const auto report = import();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->imported, std::vector<std::string>{"home"});
  EXPECT_EQ(report->left, std::vector<std::string>{"work"});
  EXPECT_FALSE(report->file_removed);
  EXPECT_TRUE(std::filesystem::exists(file_));
  EXPECT_EQ((*open()->load("work"))->tokens.access_token.expose(), "newer");
}

TEST_F(LoginImportTest, TheFileStaysWhenAskedTo) {
  EXPECT_FALSE(import({.keep_file = true})->file_removed);
  EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(LoginImportTest, OthersWhoCouldReadTheFileAreTold) {
  ::chmod(file_.c_str(), 0644);
  EXPECT_TRUE(import()->readable_by_others);
}

TEST_F(LoginImportTest, NothingOfAFileThatIsNotUnderstoodIsImported) {
  for (const char* text :
       {"", "{", "[]", "{}", "7", R"({"work": {"refreshToken": "r"}})", R"({"work": {"accessToken": 7}})",
        R"({"work": {"accessToken": "a", "expiresAt": "tomorrow", "config": {"issuer": "https://a", "clientId": "c"}}})",
        R"({"work": {"accessToken": "a", "expiresAt": -1}})", R"({"work": {"accessToken": "a", "scope": 7}})",
        R"({"work": {"accessToken": "a", "config": []}})", R"({"work": {"accessToken": "a", "config": {"scopes": [1]}}})",
        R"({"refresh_token": "r", "client_id": "c", "expiry": "2026-13-01"})", R"({"refresh_token": "r", "client_id": "c", "scopes": {}})"}) {
    write(text);
    EXPECT_EQ(refusal(), "import.unknown_format") << text;
  }
}

TEST_F(LoginImportTest, OnlyARegularFileOfOurOwnIsRead) {
  std::filesystem::remove(file_);
  const auto missing = import();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "import.unreadable");
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(refusal(), "import.unreadable");
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  EXPECT_EQ(refusal(), "import.unreadable");
  std::filesystem::remove(file_);
  write_file(temporary_ / "elsewhere", kByProvider);
  std::filesystem::create_symlink(temporary_ / "elsewhere", file_);
  EXPECT_EQ(refusal(), "import.unreadable");
  std::filesystem::remove(file_);
  write("{}");
  std::filesystem::resize_file(file_, 1024 * 1024 + 1);
  EXPECT_EQ(refusal(), "import.unreadable");
}

struct OldFile {
  const char* name;
  const char* text;
  std::vector<std::pair<std::string, std::string>> tokens;  ///< By name: the refresh token, or the access token without one.
};

class KilledLoginImportTest : public LoginImportTest, public ::testing::WithParamInterface<OldFile> {
 protected:
  Result<ImportReport> import_it() { return import({.issuer = "https://as.example"}); }

  void expect_all_in_the_store(std::size_t step) {
    for (const auto& [name, token] : GetParam().tokens) {
      const auto loaded = open()->load(name);
      ASSERT_TRUE(loaded && *loaded) << "step " << step << ": " << name << " is lost";
      const auto& tokens = (*loaded)->tokens;
      EXPECT_EQ((tokens.refresh_token ? *tokens.refresh_token : tokens.access_token).expose(), token) << "step " << step;
    }
  }
};

TEST_P(KilledLoginImportTest, AtAnyStepItCanBeRepeatedAndNothingIsLost) {  // CH-ST-04
  int kills = 0;
  for (std::size_t step = 1;; ++step) {
    std::filesystem::remove_all(temporary_ / "mimir");
    write(GetParam().text);
    if (!killed_at(step, [&] { (void)import_it(); }, Steps::Changes)) break;
    ++kills;
    // A login is in the file or in the store until the end.
    if (std::filesystem::exists(file_)) {
      ASSERT_EQ(read_file(file_), GetParam().text) << "step " << step;
      const auto again = import_it();
      ASSERT_TRUE(again) << "step " << step << ": " << again.error().message;
      EXPECT_EQ(again->imported.size(), GetParam().tokens.size()) << "step " << step;
      EXPECT_TRUE(again->file_removed);
    }
    ASSERT_NO_FATAL_FAILURE(expect_all_in_the_store(step));
  }
  EXPECT_GT(kills, 10);
  expect_all_in_the_store(0);
}

INSTANTIATE_TEST_SUITE_P(Formats, KilledLoginImportTest,
                         ::testing::Values(OldFile{"AuthorizedUser", kAuthorizedUser, {{"ada", "refresh-1"}}},
                                           OldFile{"TokensByProvider", kByProvider, {{"work", "refresh-w"}, {"home", "access-h"}}}),
                         [](const auto& format) { return format.param.name; });

}  // namespace
}  // namespace mimir::oauth::testing
