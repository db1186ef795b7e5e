#pragma once

#include <memory>

#include <mockoauth/server/fetch.hpp>

namespace mockoauth::wire {

struct FetcherOptions {
  /// Whether hosts other than loopback are asked at all. Even then none that resolves to an address of special use
  /// (RFC 6890), so that a client's URL cannot reach into the network that this runs in
  /// (draft-ietf-oauth-client-id-metadata-document-02 §8.6).
  bool beyond_loopback = false;
};

/// GETs over HTTP/1.1, and over TLS with the system's certificates (`SSL_CERT_FILE` names others). Redirects are not
/// followed. Thread-safe. Errors: `fetch.refused` where the options forbid it, `fetch.failed`, `fetch.timeout`.
[[nodiscard]] std::shared_ptr<server::Fetcher> make_fetcher(FetcherOptions options = {});

}  // namespace mockoauth::wire
