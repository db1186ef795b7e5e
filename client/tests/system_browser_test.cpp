#include <mimir/oauth/browser.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "internal/browser_candidates.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth {
namespace {

using ::testing::ElementsAre;
using testing::read_file;
using testing::TemporaryFolder;
using testing::write_file;

const std::string kUrl = "https://as.example/authorize?a=1&b=$(touch%20x);'c'*!";

class SystemBrowser : public ::testing::Test {
 protected:
  /// A program that notes its arguments, one a line, in `<name>.args`, then runs `more`.
  std::string program(const std::string& name, const std::string& more = "exit 0") {
    const auto path = folder_ / name;
    write_file(path, "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + args(name).string() + "'\n" + more + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  std::filesystem::path args(const std::string& name) const { return folder_ / (name + ".args"); }
  EnvironmentLookup environment() {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }
  Result<> open(const std::string& url = kUrl) { return make_system_browser(environment())->open(url); }

  TemporaryFolder folder_;
  std::map<std::string, std::string> variables_ = {{"PATH", folder_.path().string()}};
};

TEST_F(SystemBrowser, AppendsTheUrlAsOneArgument) {
  variables_["BROWSER"] = program("prog") + " --new 'two words'";

  ASSERT_TRUE(open());

  EXPECT_EQ(read_file(args("prog")), "--new\ntwo words\n" + kUrl + "\n");
}

// CH-BR-04, CVE-2017-18266: the URL's bytes are never split again.
TEST_F(SystemBrowser, ReplacesPercentSWithinOneArgumentAndTriesTheListInOrder) {
  program("second");
  variables_["BROWSER"] = "missing %s:" + program("prog") + " --url=%s 100%%:second";

  ASSERT_TRUE(open());

  EXPECT_EQ(read_file(args("prog")), "--url=" + kUrl + "\n100%\n");
  EXPECT_FALSE(std::filesystem::exists(args("second")));
}

TEST_F(SystemBrowser, AFailingOpenerIsFollowedByTheNext) {
  program("xdg-open", "exit 3");
  program("x-www-browser");

  ASSERT_TRUE(open());

  EXPECT_TRUE(std::filesystem::exists(args("xdg-open")));
  EXPECT_EQ(read_file(args("x-www-browser")), kUrl + "\n");
}

TEST_F(SystemBrowser, WhenAllFailItSaysSo) {
  program("xdg-open", "exit 3");

  const auto result = open();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "browser.failed");
}

TEST_F(SystemBrowser, NoBrowserInstalledOrWantedIsANotice) {
  EXPECT_EQ(open().error().code, "browser.not_found");

  program("xdg-open");
  variables_["NO_BROWSER"] = "1";
  const auto result = open();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "browser.not_found");
  EXPECT_EQ(result.error().category, Category::LocalEnvironment);
  EXPECT_NE(result.error().hint, "");
  EXPECT_FALSE(std::filesystem::exists(args("xdg-open")));
}

TEST_F(SystemBrowser, TextBrowsersAreSkippedUnlessNamed) {
  program("lynx");
  program("www-browser");
  EXPECT_EQ(open().error().code, "browser.not_found");

  variables_["BROWSER"] = "lynx";
  ASSERT_TRUE(open());
  EXPECT_EQ(read_file(args("lynx")), kUrl + "\n");
}

TEST_F(SystemBrowser, WithinWslTheHelperOfTheOtherSideComesFirst) {
  program("wslview");
  program("xdg-open");
  variables_["WSL_DISTRO_NAME"] = "Debian";

  ASSERT_TRUE(open());

  EXPECT_EQ(read_file(args("wslview")), kUrl + "\n");
  EXPECT_FALSE(std::filesystem::exists(args("xdg-open")));
}

TEST_F(SystemBrowser, OnlyWebUrlsReachAnOpener) {
  program("xdg-open");
  for (const std::string url :
       {"javascript:alert(1)", "file:///etc/passwd", "-https://a.example/", "--help", " https://a.example/",
        "https://a.example/\n", "https://a.example/a b", "https://u:p@a.example/", "https:\\\\a.example", "https://", "",
        "ms-msdt:/id", "https://a.example/\xc3\xa4", "//a.example/"}) {
    const auto result = open(url);

    ASSERT_FALSE(result) << url;
    EXPECT_EQ(result.error().code, "browser.url_refused") << url;
  }
  EXPECT_FALSE(std::filesystem::exists(args("xdg-open")));
}

// CH-BR-08, CH-BR-09, CH-CB-07.
TEST_F(SystemBrowser, TheOpenerHasNoTerminalItsOwnSessionAndNoDescriptorOfOurs) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, 0), 0);  // inheritable on purpose
  const auto streams = folder_ / "streams";
  const auto descriptors = folder_ / "descriptors";
  const auto session = folder_ / "session";
  program("xdg-open", "for i in 0 1 2; do readlink /proc/$$/fd/$i; done > '" + streams.string() +
                          "'\nif [ -e /proc/$$/fd/" + std::to_string(pipe[0]) + " ]; then readlink /proc/$$/fd/" +
                          std::to_string(pipe[0]) + "; fi > '" + descriptors.string() + "'\ncut -d' ' -f1,6 /proc/$$/stat > '" +
                          session.string() + "'");

  ::setenv("PATH", "/usr/bin:/bin", 0);
  ASSERT_TRUE(open());
  ::close(pipe[0]);
  ::close(pipe[1]);

  EXPECT_EQ(read_file(descriptors).find("pipe:"), std::string::npos);
  const std::string ids = read_file(session);
  EXPECT_EQ(ids.substr(0, ids.find(' ')) + "\n", ids.substr(ids.find(' ') + 1)) << "not the leader of a session";
  // Stdout is the file of the script's own redirection while it is looked at.
  EXPECT_THAT(read_file(streams), ::testing::StartsWith("/dev/null\n"));
  EXPECT_THAT(read_file(streams), ::testing::EndsWith("/dev/null\n"));
}

TEST_F(SystemBrowser, AnOpenerThatStaysIsTheBrowser) {
  const auto fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  program("xdg-open", "read -r line < '" + fifo.string() + "'");

  ASSERT_TRUE(open());

  const int end = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(::write(end, "bye\n", 4), 4);
  ::close(end);
}

TEST_F(SystemBrowser, UnusableEntriesAreSkipped) {
  program("xdg-open");
  variables_["BROWSER"] = "::'open quote:   :missing:" + folder_.path().string();
  variables_["PATH"] = ":.:" + folder_.path().string();

  EXPECT_THAT(internal::browser_candidates(environment(), kUrl),
              ElementsAre(ElementsAre((folder_ / "xdg-open").string(), kUrl)));
}

}  // namespace
}  // namespace mimir::oauth
