#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/jws.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// A JWT that somebody else signed, taken apart: client assertions (RFC 7523 §2.2), assertions as grants (§2.1),
/// subject tokens (RFC 8693 §2.1), software statements (RFC 7591 §2.3). Nothing in it is proven yet.
struct Assertion {
  mimir::codec::Jws jws;
  mimir::codec::Json claims;
  Condition refused_as;  ///< How a fault of this one is refused.
  std::string what;      ///< In sentences: `the client assertion`.
};
[[nodiscard]] Checked<Assertion> read_assertion(std::string_view compact, Condition refused_as, std::string what);

/// RFC 7523 §3 (9): the signature by one of the keys; the `kid` of the header narrows the choice.
[[nodiscard]] Checked<void> check_signature(const Assertion& assertion, const mimir::codec::KeySet& keys,
                                            std::span<const mimir::codec::JwsAlgorithm> allowed);

/// RFC 7523 §3 (4) to (6): `exp` is needed and ahead, `nbf` and `iat` are not, with a minute of tolerance for the
/// latter two.
[[nodiscard]] Checked<void> check_times(const Assertion& assertion, TimePoint now);

/// RFC 7523 §3 (3): this server is meant, by the knob `client.assertion_audience`. `issuer`: `aud` is the issuer
/// identifier, as one string and nothing else, so that no assertion made for another server fits here. `any`: the
/// token endpoint or the endpoint that is called will do, and a list that names one of them.
[[nodiscard]] Checked<void> check_audience(const Call& call, const Assertion& assertion);

/// A claim that has to be a text.
[[nodiscard]] Checked<std::string> text_claim(const Assertion& assertion, std::string_view name);
/// A time claim (RFC 7519 §2, NumericDate), fractions cut. Refused when it is there and no sensible number.
[[nodiscard]] Checked<std::optional<TimePoint>> time_claim(const Assertion& assertion, std::string_view name);

/// Algorithms that need a private key, and those that need the shared secret.
[[nodiscard]] std::span<const mimir::codec::JwsAlgorithm> asymmetric_algorithms();
[[nodiscard]] std::span<const mimir::codec::JwsAlgorithm> symmetric_algorithms();

/// The claims of a compact JWT that this server signed itself and found in its own tables; null when it is no JWT.
[[nodiscard]] mimir::codec::Json claims_of_own_jwt(std::string_view compact);

}  // namespace mockoauth::server
