#include <exit_status.hpp>

#include <gtest/gtest.h>

#include <session.hpp>

namespace mimir::cli {
namespace {

using oauth::Category;

TEST(ExitStatus, EveryCategoryHasItsOwn) {  // outcomes-distinct, CH-CL-02
  const auto status = [](Category category) { return exit_status_of({.category = category}, false); };

  EXPECT_EQ(status(Category::UserDeclined), 4);
  EXPECT_EQ(status(Category::LoginRequired), 7);
  EXPECT_EQ(status(Category::TryLater), 5);
  EXPECT_EQ(status(Category::Misconfigured), 3);
  EXPECT_EQ(status(Category::ProviderBroken), 3);
  EXPECT_EQ(status(Category::AttackSuspected), 3);
  EXPECT_EQ(status(Category::LocalEnvironment), 6);
  EXPECT_EQ(status(Category::Cancelled), 5);  // nobody came back in time
}

TEST(ExitStatus, InterruptIsTheReasonOnlyWhenItEndedTheCall) {  // interrupt-clean
  EXPECT_EQ(exit_status_of({.category = Category::Cancelled}, true), 130);
  EXPECT_EQ(exit_status_of({.category = Category::UserDeclined}, true), 4);
}

TEST(DataFolder, FollowsTheVariablesInOrder) {
  const auto with = [](std::string home, std::string data, std::string own) -> oauth::EnvironmentLookup {
    return [=](std::string_view name) -> std::optional<std::string> {
      const auto& value = name == "HOME" ? home : name == "XDG_DATA_HOME" ? data : own;
      return value.empty() ? std::nullopt : std::optional(value);
    };
  };

  EXPECT_EQ(data_folder(with("/home/ada", "/data", "/own")), "/own");
  EXPECT_EQ(data_folder(with("/home/ada", "/data", "")), "/data/mimir");
  EXPECT_EQ(data_folder(with("/home/ada", "relative", "")), "/home/ada/.local/share/mimir");
  EXPECT_EQ(data_folder(with("/home/ada", "", "")), "/home/ada/.local/share/mimir");
  EXPECT_FALSE(data_folder(with("", "", "")));
}

TEST(StateFolder, IsThatOfXdgOrWithinOurOwn) {  // CH-LG-11
  const auto with = [](std::string home, std::string state, std::string own) -> oauth::EnvironmentLookup {
    return [=](std::string_view name) -> std::optional<std::string> {
      return name == "HOME" ? home : name == "XDG_STATE_HOME" ? state : name == "MIMIR_HOME" ? own : "";
    };
  };

  EXPECT_EQ(state_folder(with("/home/ada", "/state", "/own")), "/own/state");
  EXPECT_EQ(state_folder(with("/home/ada", "/state", "")), "/state/mimir");
  EXPECT_EQ(state_folder(with("/home/ada", "relative", "")), "/home/ada/.local/state/mimir");
  EXPECT_FALSE(state_folder(with("", "", "")));
}

TEST(Terminal, PlainUnlessEverythingAllowsMore) {  // CH-CL-12; the test's stderr may or may not be a terminal
  const auto dumb = [](std::string_view name) -> std::optional<std::string> {
    return name == "TERM" ? std::optional<std::string>("dumb") : std::nullopt;
  };
  EXPECT_FALSE(stderr_is_fancy(dumb));
}

TEST(Terminal, SaysThatALoginIsNeededInOneSentence) {
  ::testing::internal::CaptureStderr();

  Terminal(false).show({.kind = oauth::Event::Kind::LoginNeeded,
                        .provider = "mock",
                        .text = "Your access to mock has expired or was revoked."},
                       {});

  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "warning: Your access to mock has expired or was revoked; logging in again.\n");
}

}  // namespace
}  // namespace mimir::cli
