#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <internal/context.hpp>
#include <internal/metadata.hpp>

namespace mimir::oauth::internal {

/// Where the metadata of an issuer may be: RFC 8414 §3.1 with the well-known part between host and path, then OpenID
/// Connect Discovery §4.1 with it appended. Nowhere else; nothing is guessed.
Result<std::vector<std::string>> metadata_locations(const std::string& issuer);

/// Which endpoints a step uses.
struct NeededEndpoints {
  bool authorization = false;
  bool token = false;
  bool jwks = false;
  bool device_authorization = false;
  bool revocation = false;  ///< May be missing: RFC 7009 is optional. One that is there must be fit for secrets.
};

/// Finds and keeps metadata, for an hour of the injected clock per issuer. Thread-safe; two threads that miss at once
/// both fetch.
class Discovery {
 public:
  /// Metadata for a configuration; endpoints set in it win, and nothing is fetched when they suffice. Endpoints that are
  /// needed are there and allowed to receive secrets when this succeeds.
  Result<Metadata> find(const OAuthConfig& config, const NeededEndpoints& needed, const Context& context);

  /// Forgets an issuer: its endpoints did not answer as they should.
  void forget(const std::string& issuer);

 private:
  struct Entry {
    Metadata metadata;
    TimePoint fetched_at;
  };

  Result<Metadata> find_issuer(const std::string& issuer, const Context& context);

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace mimir::oauth::internal
