#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>
#include <mimir/codec/random.hpp>

#include "protocol/refusal.hpp"

namespace mockoauth::server {

struct Call;

/// The nonces that DPoP proofs have to carry (RFC 9449 §8, §9): a new one every five minutes, the one before is taken
/// as well. Thread-safe.
class DpopNonces {
 public:
  /// @param random must outlive this; read at the first use.
  explicit DpopNonces(mimir::codec::Random& random) : random_(random) {}
  /// @param who `server` or `resource`: one's nonce is of no use at the other (§9).
  [[nodiscard]] std::string current(std::string_view who, mimir::codec::TimePoint now);
  [[nodiscard]] bool accepts(std::string_view who, std::string_view nonce, mimir::codec::TimePoint now);

 private:
  [[nodiscard]] std::string nonce_of(std::string_view who, std::int64_t period);

  mimir::codec::Random& random_;
  std::mutex mutex_;
  std::string key_;
};

/// The proof of the DPoP header, judged (RFC 9449 §4.3). Nothing when there is no header or the realm has no DPoP.
/// @param access_token at a resource: what `ath` has to be the digest of; empty at the authorization server.
/// @returns the thumbprint of the key (RFC 7638), `jkt`.
[[nodiscard]] Checked<std::optional<std::string>> dpop_thumbprint(Call& call, std::string_view access_token = {});

/// The key that an authorization code is to be bound to, as the parameter `dpop_jkt` names it (RFC 9449 §10). Empty:
/// none is named, or the realm has no DPoP.
[[nodiscard]] Checked<std::string> requested_dpop_jkt(const Call& call, const mimir::codec::Parameters& parameters);

/// Whether a pushed request asks for the key that came with it (RFC 9449 §10.1): a proof and `dpop_jkt` must say the
/// same. Without the parameter, the proof's key is put there.
/// @param proven as dpop_thumbprint() has it.
[[nodiscard]] Checked<void> bind_pushed_request(const std::optional<std::string>& proven,
                                                mimir::codec::Parameters& parameters);

/// `ES256 EdDSA …` for the challenge and `dpop_signing_alg_values_supported` (RFC 9449 §5.1, §7.1).
[[nodiscard]] std::string dpop_algorithms();

}  // namespace mockoauth::server
