#pragma once

namespace mimir::oauth {

/// Makes a crash of this process leave no copy of its memory, in which tokens are, and keeps debuggers of the same user
/// out (CH-MM-04). The library never does this by itself: the process is its host's. To be called at the start.
///
/// Linux: the process is marked as not dumpable, which also holds where the kernel hands cores to a program; its files in
/// /proc then belong to root. Everywhere: the soft limit for cores becomes 0. Programs that are started later inherit that
/// limit, which they may raise again, and not the mark.
/// @return whether the system agreed to both.
bool forbid_core_dumps();

}  // namespace mimir::oauth
