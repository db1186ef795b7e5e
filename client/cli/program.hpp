#pragma once

namespace mimir::cli {

/// Reads the command line, runs the command, returns the exit status.
int run(int argc, const char* const* argv);

}  // namespace mimir::cli
