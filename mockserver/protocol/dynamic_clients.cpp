#include "protocol/dynamic_clients.hpp"

#include <mimir/codec/digest.hpp>

namespace mockoauth::server {

bool DynamicClients::add(const std::string& client_id, DynamicClient client) {
  const std::lock_guard lock(mutex_);
  return clients_.size() < capacity_ && clients_.emplace(client_id, std::move(client)).second;
}

std::optional<DynamicClient> DynamicClients::find(const std::string& client_id, std::string_view access_token) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client_id);
  if (found == clients_.end()) return std::nullopt;
  if (!mimir::codec::constant_time_equal(found->second.access_token, access_token)) return std::nullopt;
  return found->second;
}

bool DynamicClients::remove(const std::string& client_id) {
  const std::lock_guard lock(mutex_);
  return clients_.erase(client_id) > 0;
}

std::vector<std::string> DynamicClients::clear() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& client : clients_) ids.push_back(client.first);
  clients_.clear();
  return ids;
}

}  // namespace mockoauth::server
