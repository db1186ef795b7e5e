#include "protocol/pushed_requests.hpp"

#include <utility>

namespace mockoauth::server {

void PushedRequests::add(std::string request_uri, PushedRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.add(std::move(request_uri), std::move(request));
}

std::optional<PushedRequest> PushedRequests::find(const std::string& request_uri) {
  const std::lock_guard lock(mutex_);
  auto* found = requests_.find(request_uri);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

bool PushedRequests::use(const std::string& request_uri) {
  const std::lock_guard lock(mutex_);
  auto* found = requests_.find(request_uri);
  return found != nullptr && !std::exchange(found->used, true);
}

void PushedRequests::clear() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

}  // namespace mockoauth::server
