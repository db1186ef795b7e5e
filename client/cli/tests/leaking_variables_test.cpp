#include <leaking_variables.hpp>

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mimir::cli {
namespace {

TEST(LeakingVariables, AreTakenFromTheProcessAndRemembered) {  // CH-LG-08
  ::setenv("SSLKEYLOGFILE", "/tmp/keys.log", 1);
  ::setenv("G_DBUS_DEBUG", "all", 1);
  ::setenv("G_MESSAGES_DEBUG", "", 1);

  remove_leaking_variables();

  for (const auto* name : {"SSLKEYLOGFILE", "G_DBUS_DEBUG", "G_MESSAGES_DEBUG"}) EXPECT_EQ(std::getenv(name), nullptr) << name;
  EXPECT_THAT(removed_variables(), ::testing::ElementsAre("SSLKEYLOGFILE", "G_DBUS_DEBUG"));
}

}  // namespace
}  // namespace mimir::cli
