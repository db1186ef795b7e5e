#include <session.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <exit_status.hpp>

namespace mimir::cli {
namespace {

using Layer = oauth::Origin::Layer;
using oauth::BrowserWish;

class SessionConfiguration : public ::testing::Test {
 protected:
  SessionConfiguration() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mimir-test-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(home_ / ".config/mimir");
  }
  ~SessionConfiguration() override { std::filesystem::remove_all(home_); }

  void write(const std::string& text) const { std::ofstream(home_ / ".config/mimir/config.yaml") << text; }
  oauth::EnvironmentLookup environment(const std::string& no_browser = "", const std::string& storage = "") const {
    return [=, home = home_.string()](std::string_view name) -> std::optional<std::string> {
      return name == "HOME" ? home : name == "NO_BROWSER" ? no_browser : name == "MIMIR_STORAGE" ? storage : "";
    };
  }
  BrowserWish wish(BrowserWish flag, const std::string& no_browser = "") const {
    const SessionOptions options{.browser = flag};
    const auto configuration = load_configuration(options, environment(no_browser));
    EXPECT_TRUE(configuration);
    return browser_wish(options, *configuration);
  }

  std::filesystem::path home_;
};

TEST_F(SessionConfiguration, FlagsOverrideEnvironmentAndFile) {  // CH-CF-12
  write("storage: file\nlogin_timeout: 90\n");

  const auto plain = load_configuration({}, environment());
  const auto by_variable = load_configuration({}, environment("", "memory"));
  const auto by_flag = load_configuration({.storage = "environment", .login_timeout = std::chrono::seconds(5)},
                                          environment("", "memory"));

  ASSERT_TRUE(plain && by_variable && by_flag);
  EXPECT_EQ(plain->settings().storage, "file");
  EXPECT_EQ(plain->settings().login_timeout, std::chrono::seconds(90));
  EXPECT_EQ(by_variable->settings().storage, "memory");
  EXPECT_EQ(by_flag->settings().storage, "environment");
  EXPECT_EQ(by_flag->origin_of("storage").layer, Layer::Flag);
  EXPECT_EQ(by_flag->origin_of("storage").where, "--storage");
  EXPECT_EQ(by_flag->settings().login_timeout, std::chrono::seconds(5));
  EXPECT_EQ(by_flag->origin_of("login_timeout").where, "--timeout");
}

TEST_F(SessionConfiguration, TheBrowserIsOpenedAsTheStrongestSays) {  // CH-BR-07, CH-CF-12
  EXPECT_EQ(wish(BrowserWish::Guess), BrowserWish::Guess);
  EXPECT_EQ(wish(BrowserWish::Open, "1"), BrowserWish::Open);
  EXPECT_EQ(wish(BrowserWish::DoNotOpen), BrowserWish::DoNotOpen);
  write("browser: true");
  EXPECT_EQ(wish(BrowserWish::Guess), BrowserWish::Open);
  EXPECT_EQ(wish(BrowserWish::DoNotOpen), BrowserWish::DoNotOpen);
  EXPECT_EQ(wish(BrowserWish::Guess, "1"), BrowserWish::Guess) << "the decision knows that variable and says so";
  write("browser: false");
  EXPECT_EQ(wish(BrowserWish::Guess), BrowserWish::DoNotOpen);
  EXPECT_EQ(wish(BrowserWish::Open), BrowserWish::Open);
}

TEST_F(SessionConfiguration, AFileWithAFaultStopsEverything) {
  write("storrage: file");

  const auto loaded = load_configuration({}, environment());

  ASSERT_FALSE(loaded);
  EXPECT_EQ(exit_status_of(loaded.error(), false), kUsage);
  EXPECT_TRUE(load_configuration({.ignores_files = true}, environment()));
}

}  // namespace
}  // namespace mimir::cli
