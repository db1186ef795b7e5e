#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <internal/server_clocks.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// The key to which the tokens of one login are bound (RFC 9449). Immutable; holds the private part.
class DpopKey {
 public:
  /// A new key for the best algorithm that the server lists; ES256 when it lists none (RFC 9449 §5.1).
  /// `dpop.algorithm` (Misconfigured) when it lists none that is spoken here.
  static Result<DpopKey> make(const std::optional<std::vector<std::string>>& offered);
  /// The key of a stored login. `dpop.key` (LoginRequired): without it the tokens are worth nothing.
  static Result<DpopKey> load(const Secret& pem);

  [[nodiscard]] const Secret& pem() const { return pem_; }  ///< To be kept with the tokens, nowhere else.
  [[nodiscard]] Result<std::string> thumbprint() const;     ///< `dpop_jkt`, RFC 9449 §10.
  [[nodiscard]] const codec::Key& key() const { return key_; }
  [[nodiscard]] codec::JwsAlgorithm algorithm() const { return algorithm_; }

 private:
  DpopKey(Secret pem, codec::Key key, codec::JwsAlgorithm algorithm)
      : pem_(std::move(pem)), key_(std::move(key)), algorithm_(algorithm) {}
  Secret pem_;
  codec::Key key_;
  codec::JwsAlgorithm algorithm_;
};

/// Whom a proof is shown to: nonces of the two are never mixed, not even on one origin (RFC 9449 §9).
enum class DpopServer { Authorization, Resource };

/// The newest nonce of each server (RFC 9449 §8.2). Remembers 64 of them. Thread-safe.
class DpopNonces {
 public:
  [[nodiscard]] std::optional<std::string> find(DpopServer server, const std::string& url) const;
  /// Takes the nonce of an answer, success or not. @returns whether it brought one.
  bool learn(DpopServer server, const std::string& url, const HttpResponse& response);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> nonces_;  ///< By role and origin.
};

/// What it takes to make proofs during one call.
struct DpopBinding {
  const DpopKey& key;
  DpopNonces& nonces;
  const ServerClocks& clocks;
};

/// What one proof speaks for (RFC 9449 §4.2).
struct ProvenRequest {
  DpopServer server;
  const std::string& method;
  const std::string& url;              ///< Query and fragment are left out of `htu`.
  const Secret* access_token = nullptr;  ///< Hashed into `ath` at a resource (§7).
};

/// A proof for exactly one request: its own `jti`, `iat` now by the clock of that server, the newest nonce of that server.
Result<std::string> make_dpop_proof(const DpopBinding& binding, const ProvenRequest& request, TimePoint now,
                                    Random& random);

/// Whether an authorization server (RFC 9449 §8) or a resource (§9) refused only for want of its nonce.
[[nodiscard]] bool wants_dpop_nonce(DpopServer server, const HttpResponse& response);

}  // namespace mimir::oauth::internal
