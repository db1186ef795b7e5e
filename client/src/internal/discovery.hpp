#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <internal/context.hpp>
#include <internal/freshness.hpp>
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
  bool registration = false;      ///< May be missing; one that is there must be fit for secrets (RFC 7591 §5).
  bool description = false;       ///< The document itself, whichever endpoints are known.
  bool userinfo = false;          ///< May be missing; one that is there must be fit for tokens.
  bool revocation = false;  ///< May be missing: RFC 7009 is optional. One that is there must be fit for secrets.
};

/// Finds and keeps metadata as long as it is fresh by the injected clock. Thread-safe; two threads that miss at once
/// both fetch.
class Discovery {
 public:
  /// Metadata for a configuration; endpoints set in it win, and nothing is fetched when they suffice. Endpoints that are
  /// needed are there and allowed to receive secrets when this succeeds.
  Result<Metadata> find(const OAuthConfig& config, const NeededEndpoints& needed, const Context& context);

  /// Forgets an issuer: its endpoints did not answer as they should. The next time no cache on the way is believed either.
  void forget(const std::string& issuer);

 private:
  struct Entry {
    Metadata metadata;
    Freshness fresh;
  };

  Result<Entry> find_issuer(const std::string& issuer, bool newest, const Context& context);

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> forgotten_;
};

}  // namespace mimir::oauth::internal
