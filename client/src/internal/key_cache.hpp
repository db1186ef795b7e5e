#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <internal/context.hpp>
#include <internal/freshness.hpp>
#include <mimir/codec/jwk.hpp>

namespace mimir::oauth::internal {

/// The signing keys of providers, kept as long as they are fresh by the injected clock. Thread-safe.
class KeyCache {
 public:
  struct Keys {
    std::shared_ptr<const codec::KeySet> set;
    bool just_fetched = false;  ///< Asking again in the same attempt would give the same.
  };

  /// @param reload  ask the server even if a set is at hand: a key id is unknown, the keys may have been rotated.
  Result<Keys> get(const std::string& jwks_uri, bool reload, const Context& context);

 private:
  struct Entry {
    std::shared_ptr<const codec::KeySet> set;
    Freshness fresh;
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace mimir::oauth::internal
