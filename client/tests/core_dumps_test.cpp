#include <mimir/oauth/core_dumps.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace mimir::oauth {
namespace {

TEST(CoreDumps, AreForbiddenWhenAskedAndTheHardLimitStays) {  // CH-MM-04; in a child, since it cannot be taken back
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    rlimit before{};
    rlimit after{};
    ::getrlimit(RLIMIT_CORE, &before);
    const bool done = forbid_core_dumps();
    ::getrlimit(RLIMIT_CORE, &after);
    const bool holds = ::prctl(PR_GET_DUMPABLE) == 0 && after.rlim_cur == 0 && after.rlim_max == before.rlim_max;
    ::_exit(done && holds ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(CoreDumps, AreTheHostsOwnUnlessItAsks) {  // the library has been linked and used by now
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 1);
}

}  // namespace
}  // namespace mimir::oauth
