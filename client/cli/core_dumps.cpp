#include <core_dumps.hpp>

#include <mimir/oauth/core_dumps.hpp>
#include <mimir/oauth/surroundings.hpp>

namespace mimir::cli {
namespace {

bool forbidden = false;

}  // namespace

void forbid_core_dumps_unless_allowed() {
  forbidden = oauth::process_environment()("MIMIR_CORE_DUMPS").value_or("") != "allow" && oauth::forbid_core_dumps();
}

bool core_dumps_are_forbidden() { return forbidden; }

}  // namespace mimir::cli
