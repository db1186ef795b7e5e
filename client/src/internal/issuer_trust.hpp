#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// The issuers that resources have named and nobody has confirmed: whoever runs a resource chose them (RFC 9728 §7.7).
/// Thread-safe.
class StrangeIssuers {
 public:
  void add(const std::vector<std::string>& issuers);
  void confirm(const std::string& issuer);
  /// Before a user is sent there: `issuer.unconfirmed` (Misconfigured). One that is known beforehand, or that a login is
  /// stored of, was confirmed once.
  Result<> check(const std::string& issuer, TokenStorage& storage) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> issuers_;
};

}  // namespace mimir::oauth::internal
