#include "drivers/process.hpp"

#include <gtest/gtest.h>

namespace mockoauth::conformance::internal {
namespace {

using End = ProcessResult::End;

mimir::codec::Result<ProcessResult> shell(const std::string& script, std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  return run_process({.arguments = {"/bin/sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin"}, {"WORD", "hello"}}, .directory = "/", .timeout = timeout});
}

TEST(Process, GivesStatusAndLinesOfBothStreams) {
  const auto result = shell("echo $WORD; echo oops >&2; printf last; exit 7");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->end, End::Exited);
  EXPECT_EQ(result->status, 7);
  EXPECT_EQ(result->lines, (std::vector<std::string>{"hello", "oops", "last"}));
}

TEST(Process, TellsASignalFromAStatus) {
  const auto result = shell("kill -SEGV $$");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, End::Signalled);
  EXPECT_EQ(result->status, 11);
}

TEST(Process, KillsWhatDoesNotEnd) {
  const auto result = shell("read never < /dev/fd/3", std::chrono::milliseconds(200));
  ASSERT_TRUE(result);
  const auto stuck = run_process({.arguments = {"/bin/sh", "-c", "while :; do :; done"}, .environment = {}, .directory = "/", .timeout = std::chrono::milliseconds(100)});
  ASSERT_TRUE(stuck);
  EXPECT_EQ(stuck->end, End::TimedOut);
}

TEST(Process, AGrandchildThatKeepsTheOutputOpenDoesNotHoldUs) {
  const auto result = shell("(while :; do :; done) & echo $!");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, End::Exited);
  ASSERT_EQ(result->lines.size(), 1U);
  ASSERT_TRUE(shell("kill " + result->lines.front()));
}

TEST(Process, InheritsNothing) {
  const auto result = shell("echo ${HOME:-none}");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lines.front(), "none");
}

TEST(Process, AProgramThatIsNotThereIsAnError) {
  const auto result = run_process({.arguments = {"no-such-program"}, .environment = {}, .directory = "/"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "process.not_found");
}

TEST(Process, OutputFloodsAreCut) {
  const auto result = shell("yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 20000000");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 0);
  EXPECT_LT(result->lines.size(), 100'000U);
}

}  // namespace
}  // namespace mockoauth::conformance::internal
