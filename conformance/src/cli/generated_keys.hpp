#pragma once

#include <future>
#include <map>
#include <mutex>
#include <vector>

#include <mimir/codec/jwk.hpp>
#include <mockoauth/server/key_ring.hpp>

namespace mockoauth::cli {

/// New signing keys, made in the background so that the server need not wait for them before it listens: an RSA key
/// takes a tenth of a second, now and then several. Thread-safe. Must outlive the realms that take keys from it.
class GeneratedKeys {
 public:
  /// Begins with one key of each of these.
  explicit GeneratedKeys(const std::vector<mimir::codec::JwsAlgorithm>& algorithms);

  /// For RealmOptions::key_source: what was begun, once it is ready; anything else is made on the spot.
  [[nodiscard]] server::KeySource source();

 private:
  using Made = mimir::codec::Result<mimir::codec::Key>;

  std::mutex mutex_;
  std::map<mimir::codec::JwsAlgorithm, std::future<Made>> begun_;
};

}  // namespace mockoauth::cli
