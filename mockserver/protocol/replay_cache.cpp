#include "protocol/replay_cache.hpp"

#include <mimir/codec/digest.hpp>

namespace mockoauth::server {

bool ReplayCache::first_use(std::string_view kind, std::string_view id, mimir::codec::TimePoint valid_until,
                            mimir::codec::TimePoint now) {
  // A digest: the sender chooses the length of an id, not of what is kept of it.
  auto key = mimir::codec::sha256(mimir::codec::sha256(kind) + mimir::codec::sha256(id));
  const std::lock_guard lock(mutex_);
  const auto* until = seen_.find(key);
  if (until != nullptr && *until > now) return false;
  seen_.add(std::move(key), valid_until);
  return true;
}

}  // namespace mockoauth::server
