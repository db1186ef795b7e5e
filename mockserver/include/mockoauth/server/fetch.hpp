#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// How far a fetch may go before it is given up.
struct FetchLimits {
  std::size_t max_bytes = 64 * 1024;         ///< Of the body; a longer one is an error, not cut.
  std::chrono::milliseconds timeout{5'000};  ///< Real time, from looking up the host to the last byte.
};

/// What was found at a URL.
struct FetchedDocument {
  int status = 200;               ///< Any; a redirect is not followed.
  std::string content_type = {};  ///< As sent, parameters included; empty: none.
  std::string body = {};
};

/// How a realm gets at what clients publish: their metadata (draft-ietf-oauth-client-id-metadata-document) and their
/// keys (`jwks_uri`, RFC 7591 §2). The engine itself knows no sockets; mockoauth/wire/fetcher.hpp has one that does.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// GETs the URL, which the engine has found to be https, or http on a loopback host. Blocking; called on the threads
  /// that handle requests, several at once. Any code of error will do: its message is shown to whoever sent the client.
  virtual mimir::codec::Result<FetchedDocument> fetch(const std::string& url, const FetchLimits& limits) = 0;
};

}  // namespace mockoauth::server
