#pragma once

// What a Key is made of, shared by the files that read, make and use keys.

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/crypto.h>

#include <mimir/codec/jwk.hpp>
#include <mimir/codec/secret.hpp>

#include "openssl.hpp"

namespace mimir::codec {
namespace internal {

/// Contexts that are ready to sign, made when they are first needed and used again and again: OpenSSL 3 looks up the parts
/// of an algorithm whenever it sets one up, and copies all of it for each signature of a digest context. Thread-safe.
class PreparedSigners {
 public:
  PreparedSigners() = default;
  PreparedSigners(const PreparedSigners&) = delete;
  PreparedSigners& operator=(const PreparedSigners&) = delete;
  ~PreparedSigners();

  /// One that nobody else has; null where OpenSSL cannot sign with this key. @param key always the same.
  [[nodiscard]] PkeyContextPtr take(JwsAlgorithm algorithm, EVP_PKEY* key);
  /// For the next one. Not after a failure.
  void give_back(JwsAlgorithm algorithm, PkeyContextPtr context);

 private:
  static constexpr std::size_t kAlgorithms = static_cast<std::size_t>(JwsAlgorithm::EdDSA) + 1;
  static constexpr std::size_t kKept = 4;  // As many as sign at the same time, on most machines.
  std::array<std::array<std::atomic<EVP_PKEY_CTX*>, kKept>, kAlgorithms> idle_{};
};

}  // namespace internal

struct Key::Impl {
  std::string kid;
  std::string kty;
  std::string use;
  std::string curve;  ///< `P-256`, `P-384`, `P-521`, `Ed25519`, or empty.
  std::optional<JwsAlgorithm> algorithm;
  bool is_private = false;
  bool is_for_signatures = true;  ///< Neither `use` nor `key_ops` says otherwise (RFC 7517 §4.2, §4.3).
  internal::PkeyPtr pkey;         ///< Null for `oct`.
  mutable internal::PreparedSigners signers;
  Secret octets;                  ///< Of `oct` only.
};

namespace internal {

/// RFC 7518 §3.1 and RFC 8037 §3.1, a row an algorithm.
struct AlgorithmTraits {
  JwsAlgorithm algorithm;
  std::string_view name;
  std::string_view kty;
  std::string_view curve;      ///< Empty where any or none will do.
  const EVP_MD* (*digest)();   ///< Null for EdDSA, which hashes by itself.
  bool is_pss = false;
};
const AlgorithmTraits& traits_of(JwsAlgorithm algorithm);
const AlgorithmTraits* traits_by_name(std::string_view name);

/// RFC 7518 §6.2.1.1. `openssl_name` is what EVP_PKEY_get_group_name answers.
struct CurveTraits {
  std::string_view name;
  std::string_view openssl_name;
  std::size_t bytes;  ///< Of a coordinate, of the private value and of each half of a signature.
};
const CurveTraits* curve_by_name(std::string_view name);
const CurveTraits* curve_by_openssl_name(std::string_view name);

/// The members that make the key (RFC 7638 §3.2), in lexicographic order, `k` of a symmetric key included.
Json::Object required_members(const Key::Impl& key);

/// Sets kty and curve by what the key is; fails on types, sizes and curves that are not supported.
Result<> classify(Key::Impl& key);

/// The exchange of numbers with OpenSSL. `bytes` are big-endian.
BigNumPtr to_number(std::string_view bytes);
std::string to_bytes(const BIGNUM* number, std::size_t width);

/// Bytes of a private key on their way into OpenSSL; wiped afterwards.
struct WipedString {
  explicit WipedString(std::string value) : bytes(std::move(value)) {}
  WipedString(WipedString&& other) noexcept : bytes(std::move(other.bytes)) {}
  WipedString& operator=(WipedString&&) = delete;
  WipedString(const WipedString&) = delete;
  WipedString& operator=(const WipedString&) = delete;
  ~WipedString() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  std::string bytes;
};

}  // namespace internal
}  // namespace mimir::codec
