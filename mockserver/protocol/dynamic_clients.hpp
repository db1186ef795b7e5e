#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>

namespace mockoauth::server {

/// What the server keeps of a registration beside the client itself (RFC 7591 §3.2.1, RFC 7592 §3).
struct DynamicClient {
  std::string access_token;  ///< The registration access token, which manages this client and nothing else.
  mimir::codec::TimePoint issued_at;
};

/// Who registered themselves, and by which token each registration is managed. Bounded. Thread-safe.
class DynamicClients {
 public:
  explicit DynamicClients(std::size_t capacity) : capacity_(capacity) {}

  /// @returns whether there was room.
  bool add(const std::string& client_id, DynamicClient client);
  /// The registration that this token manages, in constant time for the token; nothing when it manages another or none.
  [[nodiscard]] std::optional<DynamicClient> find(const std::string& client_id, std::string_view access_token) const;
  bool remove(const std::string& client_id);
  std::vector<std::string> clear();  ///< @returns the ids that were there.
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::map<std::string, DynamicClient> clients_;
};

}  // namespace mockoauth::server
