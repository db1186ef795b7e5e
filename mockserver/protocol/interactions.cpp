#include "protocol/interactions.hpp"

#include <mimir/codec/digest.hpp>

namespace mockoauth::server {

void Interactions::put(Interaction interaction) {
  const std::lock_guard lock(mutex_);
  auto id = interaction.id;
  all_.add(std::move(id), std::move(interaction));
}

std::optional<Interaction> Interactions::find(const std::string& id, const std::string& browser, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto* found = all_.find(id);
  if (found == nullptr || !*found || (*found)->expires_at <= now) return std::nullopt;
  if (!mimir::codec::constant_time_equal((*found)->browser, browser)) return std::nullopt;
  return *found;
}

bool Interactions::finish(const std::string& id) {
  const std::lock_guard lock(mutex_);
  auto* found = all_.find(id);
  if (found == nullptr || !*found) return false;
  found->reset();
  return true;
}

void Interactions::clear() {
  const std::lock_guard lock(mutex_);
  all_.clear();
}

}  // namespace mockoauth::server
