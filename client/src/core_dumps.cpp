#include <mimir/oauth/core_dumps.hpp>

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace mimir::oauth {

bool forbid_core_dumps() {
  rlimit cores{};
  bool done = ::getrlimit(RLIMIT_CORE, &cores) == 0;
  cores.rlim_cur = 0;
  done = ::setrlimit(RLIMIT_CORE, &cores) == 0 && done;
#ifdef __linux__
  done = ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && done;
#endif
  return done;
}

}  // namespace mimir::oauth
