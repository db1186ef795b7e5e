#include <mimir/oauth/configuration.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "internal/configuration_keys.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;
using testing::write_file;
using Layer = Origin::Layer;

class ConfigurationFilesTest : public ::testing::Test {
 protected:
  ConfigurationFilesTest() : files_{.managed = folder_ / "managed.yaml", .user = folder_ / "user.yaml"} {}

  static void write(const std::filesystem::path& path, const std::string& text, mode_t mode = 0600) {
    write_file(path, text);
    ::chmod(path.c_str(), mode);
  }
  EnvironmentLookup environment() {
    return [this](std::string_view name) -> std::optional<std::string> {
      asked_.insert(std::string(name));
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }
  Result<Configuration> load() { return Configuration::load(files_, environment()); }
  std::string code_of_load() {
    const auto loaded = load();
    return loaded ? "" : loaded.error().code;
  }
  OAuthConfig work() {
    const auto loaded = load();
    EXPECT_TRUE(loaded) << loaded.error().message;
    if (!loaded) return {};
    auto config = loaded->provider("work", environment());
    EXPECT_TRUE(config && *config);
    return config && *config ? std::move(**config) : OAuthConfig{};
  }

  TemporaryFolder folder_;
  ConfigurationFiles files_;
  std::map<std::string, std::string> variables_;
  std::set<std::string> asked_;
};

TEST_F(ConfigurationFilesTest, WithoutFilesThereAreDefaults) {
  const auto loaded = load();

  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->settings().storage, "auto");
  EXPECT_FALSE(loaded->settings().opens_browser);
  EXPECT_EQ(loaded->settings().login_timeout, std::chrono::seconds(300));
  EXPECT_THAT(loaded->providers(), IsEmpty());
  EXPECT_THAT(loaded->files(), IsEmpty());
  EXPECT_EQ(loaded->origin_of("storage").layer, Layer::Default);
  EXPECT_FALSE(*loaded->provider("work", environment()));
}

TEST_F(ConfigurationFilesTest, EachLayerOverridesThoseBefore) {  // CH-CF-12
  const auto expect_from = [](const Configuration& loaded, Layer layer, const std::string& where) {
    EXPECT_EQ(loaded.settings().storage, layer == Layer::Default ? "auto" : to_string(layer));
    EXPECT_EQ(loaded.origin_of("storage").layer, layer);
    EXPECT_EQ(loaded.origin_of("storage").where, where);
  };
  expect_from(*load(), Layer::Default, "");
  write(files_.managed, "storage: managed");
  expect_from(*load(), Layer::Managed, files_.managed.string());
  write(files_.user, "\nstorage: user");
  expect_from(*load(), Layer::User, files_.user.string());
  EXPECT_EQ(load()->origin_of("storage").line, 2);
  variables_["MIMIR_STORAGE"] = "environment";
  auto loaded = *load();
  expect_from(loaded, Layer::Environment, "MIMIR_STORAGE");
  ASSERT_TRUE(loaded.set("storage", "flag", {.layer = Layer::Flag, .where = "--storage"}));
  expect_from(loaded, Layer::Flag, "--storage");
}

TEST_F(ConfigurationFilesTest, ValuesSayWhoSaidThem) {  // CH-CF-12
  write(files_.managed, "providers:\n  work: {issuer: https://as.example, client_id: managed, scopes: [a, b]}\n");
  write(files_.user, "browser: true\nproviders:\n  work:\n    client_id: mine\n    client_secret: hush\n");
  variables_["NO_BROWSER"] = "1";

  std::vector<std::string> said;
  for (const auto& value : load()->values()) {
    said.push_back(value.key + '=' + value.value + ' ' + std::string(to_string(value.origin.layer)) + ' ' +
                   std::filesystem::path(value.origin.where).filename().string() + ':' + std::to_string(value.origin.line));
  }

  EXPECT_THAT(said, ElementsAre("storage=auto default :0", "browser=false environment NO_BROWSER:0",
                                "login_timeout=300 default :0",
                                "providers.work.issuer=https://as.example managed managed.yaml:2",
                                "providers.work.client_id=mine user user.yaml:4",
                                "providers.work.client_secret=[redacted] user user.yaml:5",
                                "providers.work.scopes=a b managed managed.yaml:2"));
}

TEST_F(ConfigurationFilesTest, SaysFileLineAndColumnOfAFault) {  // CH-CF-01
  write(files_.user, "providers:\n  work:\n    isuser: https://as.example\n");

  const auto loaded = load();

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "configuration.invalid");
  EXPECT_EQ(loaded.error().category, Category::Misconfigured);
  EXPECT_THAT(loaded.error().message, HasSubstr(files_.user.string() + ":3:5: there is no key \"isuser\""));
}

TEST_F(ConfigurationFilesTest, NoVariableNamesAServerAClientOrACertificate) {  // CH-CF-03
  write(files_.user, "providers: {work: {issuer: \"https://as.example\", client_id: cli}}");
  for (const auto& key : internal::provider_keys()) {
    auto name = std::string(key.name);
    std::ranges::transform(name, name.begin(), [](char c) { return c == '.' ? '_' : static_cast<char>(std::toupper(c)); });
    for (const auto* prefix : {"", "MIMIR_", "OAUTH_", "MIMIR_WORK_"}) variables_[prefix + name] = "https://evil.example";
  }
  for (const auto* name : {"MIMIR_CONFIG", "MIMIR_TOKEN_ENDPOINT", "XDG_CONFIG_DIRS"}) variables_[name] = "/tmp/evil.yaml";

  const auto config = work();

  EXPECT_EQ(config.issuer, "https://as.example");
  EXPECT_EQ(config.client_id, "cli");
  EXPECT_EQ(config.endpoints.token, "");
  EXPECT_FALSE(config.client_secret);
  EXPECT_THAT(asked_, ElementsAre("MIMIR_STORAGE", "NO_BROWSER"));
}

// CH-CF-02: files of every likely name, with every key, in the working directory and above it.
TEST_F(ConfigurationFilesTest, NothingOfTheWorkingDirectoryIsRead) {
  const auto project = folder_ / "project";
  const auto below = project / "src";
  std::filesystem::create_directories(below);
  const std::string evil = "storage: memory\nbrowser: true\nlogin_timeout: 1\nproviders: {work: {issuer: \"https://evil.example\", "
                           "client_id: evil, client_secret: evil, redirect_uri: \"http://127.0.0.1/evil\", endpoints: "
                           "{authorization: \"https://evil.example/a\", token: \"https://evil.example/t\"}}}\n";
  for (const auto& where : {project, below}) {
    for (const auto* name : {".mimir.yaml", ".mimir.yml", "mimir.yaml", "mimir.yml", "config.yaml", ".mimir/config.yaml",
                             ".mimir/config.yml", "mimir/config.yaml", ".config/mimir/config.yaml"}) {
      std::filesystem::create_directories((where / name).parent_path());
      write(where / name, evil);
    }
    for (const auto* name : {".env", ".env.local", ".envrc", ".mimirrc"}) {
      write(where / name, "MIMIR_STORAGE=memory\nNO_BROWSER=1\nMIMIR_ISSUER=https://evil.example\n");
    }
  }
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(below);
  // Relative values would lead there.
  variables_ = {{"XDG_CONFIG_HOME", "."}, {"HOME", "."}};
  const auto relative = configuration_files("mimir", environment());
  variables_ = {{"XDG_CONFIG_HOME", ".config"}, {"HOME", (folder_ / "home").string()}};
  const auto home = configuration_files("mimir", environment());
  const auto from_relative = Configuration::load({.user = relative.user}, environment());
  const auto from_home = Configuration::load({.user = home.user}, environment());
  const auto from_names = Configuration::load({.managed = ".mimir/config.yaml", .user = "config.yaml"}, environment());
  std::filesystem::current_path(before);

  EXPECT_EQ(relative.user, "");
  EXPECT_EQ(relative.managed, "/etc/mimir/config.yaml");
  EXPECT_EQ(home.user, folder_ / "home/.config/mimir/config.yaml");
  for (const auto* loaded : {&from_relative, &from_home, &from_names}) {
    ASSERT_TRUE(*loaded);
    EXPECT_THAT((*loaded)->providers(), IsEmpty());
    EXPECT_THAT((*loaded)->files(), IsEmpty());
    EXPECT_EQ((*loaded)->settings().storage, "auto");
    EXPECT_FALSE((*loaded)->settings().opens_browser);
  }
}

TEST_F(ConfigurationFilesTest, TheFolderIsThatOfXdg) {
  variables_ = {{"XDG_CONFIG_HOME", "/conf"}, {"HOME", "/home/ada"}};
  EXPECT_EQ(configuration_files("my-cli", environment()).user, "/conf/my-cli/config.yaml");
  EXPECT_EQ(configuration_files("my-cli", environment()).managed, "/etc/my-cli/config.yaml");
  variables_.erase("XDG_CONFIG_HOME");
  EXPECT_EQ(configuration_files("my-cli", environment()).user, "/home/ada/.config/my-cli/config.yaml");
}

TEST_F(ConfigurationFilesTest, WhatOthersMayWriteIsNotUsed) {  // CH-CF-04
  write(files_.user, "storage: file", 0644);
  EXPECT_EQ(code_of_load(), "");
  for (const mode_t mode : {0664, 0646, 0622}) {
    ::chmod(files_.user.c_str(), mode);
    EXPECT_EQ(code_of_load(), "configuration.insecure") << std::oct << mode;
  }
  ::chmod(files_.user.c_str(), 0600);
  ::chmod(folder_.path().c_str(), 0770);
  EXPECT_EQ(code_of_load(), "configuration.insecure");
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(code_of_load(), "");
}

TEST_F(ConfigurationFilesTest, ASecretThatOthersMayReadIsRefused) {  // CH-CF-04, CVE-2012-5577
  for (const auto* line : {"client_secret: hush", "client_key: \"-----BEGIN PRIVATE KEY-----\""}) {
    write(files_.user, "providers: {work: {" + std::string(line) + "}}", 0600);
    EXPECT_EQ(code_of_load(), "") << line;
    for (const mode_t mode : {0640, 0604}) {
      ::chmod(files_.user.c_str(), mode);
      const auto loaded = load();
      ASSERT_FALSE(loaded) << line << std::oct << mode;
      EXPECT_EQ(loaded.error().code, "configuration.insecure");
      EXPECT_THAT(loaded.error().hint, HasSubstr("chmod 600 '" + files_.user.string() + "'"));
    }
  }
}

TEST_F(ConfigurationFilesTest, WhatBelongsToAnotherUserIsNotUsed) {  // CH-CF-04
  if (::geteuid() != 0) {
    // Root's files are trusted; a file of a third user cannot be made without root.
    files_.user = "/etc/passwd";
    EXPECT_EQ(code_of_load(), "configuration.invalid");
    return;
  }
  write(files_.user, "storage: file");
  ASSERT_EQ(::chown(files_.user.c_str(), 65534, 65534), 0);
  EXPECT_EQ(code_of_load(), "configuration.insecure");
  ASSERT_EQ(::chown(files_.user.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(folder_.path().c_str(), 65534, 65534), 0);
  EXPECT_EQ(code_of_load(), "configuration.insecure");
}

TEST_F(ConfigurationFilesTest, OwnLinksAreFollowedAndNothingElseIsWaitedFor) {
  std::filesystem::create_directories(folder_ / "dotfiles");
  write(folder_ / "dotfiles/mimir.yaml", "storage: linked");
  std::filesystem::create_symlink(folder_ / "dotfiles/mimir.yaml", files_.user);
  EXPECT_EQ(load()->settings().storage, "linked");
  ::chmod((folder_ / "dotfiles/mimir.yaml").c_str(), 0666);
  EXPECT_EQ(code_of_load(), "configuration.insecure");

  std::filesystem::remove(files_.user);
  ASSERT_EQ(::mkfifo(files_.user.c_str(), 0600), 0);
  EXPECT_EQ(code_of_load(), "configuration.unreadable");
  std::filesystem::remove(files_.user);
  std::filesystem::create_directory(files_.user);
  EXPECT_EQ(code_of_load(), "configuration.unreadable");
}

TEST_F(ConfigurationFilesTest, AClientSecretCanComeFromAVariable) {
  write(files_.user, "providers: {work: {issuer: \"https://as.example\", client_id: cli, client_secret_env: WORK_SECRET}}");

  const auto missing = load()->provider("work", environment());
  variables_["WORK_SECRET"] = "hush";

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "configuration.secret_missing");
  EXPECT_EQ(work().client_secret->expose(), "hush");
}

TEST_F(ConfigurationFilesTest, AProgramMayRegisterItself) {
  write(files_.user, "providers: {work: {issuer: \"https://as.example\", registration: {client_name: our tool, "
                     "initial_access_token_env: LET_US_IN}}}");
  EXPECT_EQ(work().client_id, "");
  ASSERT_TRUE(work().registration);
  EXPECT_EQ(work().registration->client_name, "our tool");
  EXPECT_FALSE(work().registration->initial_access_token);  // needed once; its absence later is no error
  variables_["LET_US_IN"] = "hush";
  EXPECT_EQ(work().registration->initial_access_token->expose(), "hush");

  write(files_.managed, "providers: {work: {issuer: \"https://as.example\", registration: {client_name: our tool}}}");
  write(files_.user, "providers: {work: {client_id: mine}}");
  EXPECT_FALSE(work().registration);  // whoever names a client needs none
}

TEST_F(ConfigurationFilesTest, AnEntryCanBeginWithWhatIsKnownOfAProvider) {  // CH-CF-08
  write(files_.user, "providers: {work: {like: github, client_id: cli, scopes: [repo]}}");

  const auto config = work();

  EXPECT_EQ(config.client_id, "cli");
  EXPECT_EQ(config.issuer, "https://github.com/login/oauth");
  EXPECT_EQ(config.endpoints.token, "https://github.com/login/oauth/access_token");
  EXPECT_EQ(config.dialect.granted_scope_separator, ",");
  EXPECT_EQ(config.scopes, std::vector<std::string>{"repo"});
  const auto values = load()->values();
  const auto token = std::ranges::find(values, "providers.work.endpoints.token", &ConfiguredValue::key);
  ASSERT_NE(token, values.end());
  EXPECT_EQ(token->origin.layer, Layer::Default);
  EXPECT_EQ(token->origin.where, "like: github");
}

TEST_F(ConfigurationFilesTest, AnotherInstallationSpeaksAlikeAndIsSomewhereElse) {
  write(files_.user, "providers: {work: {like: github, issuer: \"https://git.corp.example\", client_id: cli}}");

  const auto config = work();

  EXPECT_EQ(config.issuer, "https://git.corp.example");
  EXPECT_EQ(config.endpoints.token, "");
  EXPECT_EQ(config.dialect.client_secret_method, "client_secret_post");
}

TEST_F(ConfigurationFilesTest, TheSameIssuerSaidAgainIsTheSameInstallation) {
  write(files_.user, "providers: {work: {like: github, issuer: \"https://github.com/login/oauth\", client_id: cli}}");

  EXPECT_EQ(work().endpoints.token, "https://github.com/login/oauth/access_token");
}

TEST_F(ConfigurationFilesTest, WhatIsNotKnownIsAFault) {
  write(files_.user, "providers: {work: {like: githup, client_id: cli}}");
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("no provider that is known beforehand"));
  EXPECT_THAT(loaded.error().message, HasSubstr(":1:"));
}

// CH-CF-10: a credential goes to the client and server that it was meant for, and there is one of them.
TEST_F(ConfigurationFilesTest, ACredentialStaysWithItsClientAndServer) {
  const std::string managed = "providers:\n  work:\n    issuer: https://as.example\n    client_id: cli\n    client_secret: hush\n"
                              "    endpoints: {token: \"https://as.example/t\"}\n    scopes: [a]\n";
  write(files_.managed, managed);
  write(files_.user, "providers: {work: {scopes: [b]}}");
  EXPECT_EQ(work().client_secret->expose(), "hush");
  EXPECT_THAT(work().scopes, ElementsAre("b"));

  write(files_.user, "providers: {work: {issuer: \"https://other.example\"}}");
  EXPECT_FALSE(work().client_secret);
  EXPECT_EQ(work().client_id, "");
  EXPECT_EQ(work().endpoints.token, "");

  write(files_.user, "providers: {work: {client_id: other}}");
  EXPECT_FALSE(work().client_secret);
  EXPECT_EQ(work().endpoints.token, "https://as.example/t");

  variables_["WORK_SECRET"] = "mine";
  write(files_.user, "providers: {work: {client_secret_env: WORK_SECRET}}");
  EXPECT_EQ(work().client_secret->expose(), "mine");

  write(files_.user, "providers: {work: {client_key: \"-----BEGIN PRIVATE KEY-----\"}}");
  EXPECT_FALSE(work().client_secret);
  EXPECT_TRUE(work().client_key);
}

}  // namespace
}  // namespace mimir::oauth
