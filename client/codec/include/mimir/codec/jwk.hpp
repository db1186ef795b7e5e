#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// Signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1). There is no `none`: it cannot be expressed.
enum class JwsAlgorithm { HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA };

[[nodiscard]] std::string_view to_string(JwsAlgorithm algorithm);
/// Nothing for an unknown name, `none` included; names are case-sensitive (RFC 7515 §4.1.1).
[[nodiscard]] std::optional<JwsAlgorithm> parse_jws_algorithm(std::string_view name);

/// One key: RSA, EC (P-256, P-384, P-521), Ed25519 or a symmetric octet key. Cheap to copy (shared, immutable);
/// thread-safe.
class Key {
 public:
  /// Reads a JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), public or private. Refuses RSA below 2048 bits (RFC 7518
  /// §3.3), points off the curve, private members that do not fit the public ones, symmetric keys below 256 bits.
  static Result<Key> from_jwk(const Json& jwk);
  /// Reads a PEM private (PKCS#8, SEC1, PKCS#1) or public key.
  static Result<Key> from_pem(std::string_view pem, std::string kid = {}, std::optional<JwsAlgorithm> algorithm = {});
  /// A symmetric key from raw bytes, for example a client secret (HS algorithms). A short one is read but fits no
  /// algorithm (RFC 7518 §3.2); an empty one is refused.
  static Result<Key> from_secret(std::string_view bytes, std::string kid = {});
  /// A new key for the algorithm; RSA gets 2048 bits. HS gives an octet key of the digest's size.
  static Result<Key> generate(JwsAlgorithm algorithm, std::string kid = {});

  [[nodiscard]] const std::string& kid() const;  ///< Empty when the key has none.
  [[nodiscard]] const std::string& kty() const;  ///< `RSA`, `EC`, `OKP` or `oct`.
  [[nodiscard]] const std::string& use() const;  ///< `sig`, `enc` or empty.
  [[nodiscard]] std::optional<JwsAlgorithm> algorithm() const;  ///< The `alg` member, when it was there.
  [[nodiscard]] bool is_private() const;                        ///< Holds what signing needs.
  /// Whether the key's type, curve and size fit the algorithm (RFC 7518 §3.2 to §3.5), `alg` when the key states one,
  /// and `use` and `key_ops` when they are there (RFC 7517 §4.2, §4.3).
  [[nodiscard]] bool fits(JwsAlgorithm algorithm) const;

  /// The public part with `kid`, `use` and `alg` where known; for `oct` this fails: it has no public part.
  [[nodiscard]] Result<Json> public_jwk() const;
  /// The public part as PEM (SubjectPublicKeyInfo, RFC 7468 §13), as `openssl pkey -pubout` prints it; fails for `oct`.
  [[nodiscard]] Result<std::string> public_pem() const;
  /// base64url(SHA-256) over the required members in order (RFC 7638 §3).
  [[nodiscard]] Result<std::string> thumbprint() const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit Key(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// A JWK set (RFC 7517 §5). Keys that cannot be read are left out and counted, as §5 asks.
struct KeySet {
  std::vector<Key> keys;
  std::size_t ignored = 0;

  static Result<KeySet> from_jwks(const Json& jwks);
  [[nodiscard]] Json public_jwks() const;  ///< Symmetric keys are never in it.
  [[nodiscard]] const Key* find(std::string_view kid) const;
};

}  // namespace mimir::codec
