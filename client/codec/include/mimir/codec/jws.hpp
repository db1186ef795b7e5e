#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// A compact JWS taken apart, not yet verified.
struct Jws {
  Json header;                ///< The protected header, an object.
  std::string payload;        ///< Decoded.
  std::string signature;      ///< Decoded.
  std::string signing_input;  ///< First two parts with the dot, as received.

  /// Reads the compact serialisation (RFC 7515 §7.1) in linear time: exactly three parts of strict base64url, a header
  /// that is a JSON object without repeated members. @param max_bytes of the whole text.
  static Result<Jws> parse(std::string_view compact, std::size_t max_bytes = 64 * 1024);
};

/// Signs. `header` must have an `alg` that fits the key (RFC 7515 §5.1).
Result<std::string> jws_sign(const Json& header, std::string_view payload, const Key& key);

/// Signs without touching the header, for tests of wrong and hostile tokens: `algorithm` says how to sign, the header
/// may say anything.
Result<std::string> jws_sign_raw(std::string_view header, std::string_view payload, JwsAlgorithm algorithm,
                                 const Key& key);

/// Verifies the signature with this key (RFC 7515 §5.2). Refuses an algorithm outside `allowed`, one that does not fit
/// the key (RFC 8725 §3.1), and any `crit` header, since no extension is understood (RFC 7515 §4.1.11).
Result<> jws_verify(const Jws& jws, const Key& key, std::span<const JwsAlgorithm> allowed);

}  // namespace mimir::codec
