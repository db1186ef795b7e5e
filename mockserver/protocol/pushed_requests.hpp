#pragma once

#include <mutex>
#include <optional>
#include <string>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>

#include "protocol/bounded_map.hpp"

namespace mockoauth::server {

using mimir::codec::TimePoint;

/// An authorization request that waits for the user's browser (RFC 9126 §2.2).
struct PushedRequest {
  std::string client_id = {};
  mimir::codec::Parameters parameters = {};
  TimePoint expires_at = {};
  bool used = false;
};

/// The pushed requests of a realm by their request_uri. Thread-safe.
class PushedRequests {
 public:
  void add(std::string request_uri, PushedRequest request);
  [[nodiscard]] std::optional<PushedRequest> find(const std::string& request_uri);
  /// Uses it up (RFC 9126 §7.3). @returns false when it was before: of two at once one is answered.
  bool use(const std::string& request_uri);
  void clear();

 private:
  std::mutex mutex_;
  BoundedMap<PushedRequest> requests_{10'000};
};

}  // namespace mockoauth::server
