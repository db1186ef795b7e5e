#include "key.hpp"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>

#include <mimir/codec/base64url.hpp>

namespace mimir::codec::internal {
namespace {

constexpr std::array<AlgorithmTraits, 13> kAlgorithms{{
    {JwsAlgorithm::HS256, "HS256", "oct", "", EVP_sha256},
    {JwsAlgorithm::HS384, "HS384", "oct", "", EVP_sha384},
    {JwsAlgorithm::HS512, "HS512", "oct", "", EVP_sha512},
    {JwsAlgorithm::RS256, "RS256", "RSA", "", EVP_sha256},
    {JwsAlgorithm::RS384, "RS384", "RSA", "", EVP_sha384},
    {JwsAlgorithm::RS512, "RS512", "RSA", "", EVP_sha512},
    {JwsAlgorithm::PS256, "PS256", "RSA", "", EVP_sha256, true},
    {JwsAlgorithm::PS384, "PS384", "RSA", "", EVP_sha384, true},
    {JwsAlgorithm::PS512, "PS512", "RSA", "", EVP_sha512, true},
    {JwsAlgorithm::ES256, "ES256", "EC", "P-256", EVP_sha256},
    {JwsAlgorithm::ES384, "ES384", "EC", "P-384", EVP_sha384},
    {JwsAlgorithm::ES512, "ES512", "EC", "P-521", EVP_sha512},
    {JwsAlgorithm::EdDSA, "EdDSA", "OKP", "Ed25519", nullptr},
}};

constexpr std::array<CurveTraits, 3> kCurves{{
    {"P-256", "prime256v1", 32},
    {"P-384", "secp384r1", 48},
    {"P-521", "secp521r1", 66},
}};

constexpr int kMinRsaBits = 2048;
/// Above this a single verification takes long enough to be an attack on the verifier.
constexpr int kMaxRsaBits = 8192;
constexpr int kMaxRsaExponentBits = 64;

BigNumPtr number_of(const EVP_PKEY* pkey, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(pkey, name, &number);
  return BigNumPtr(number);
}

std::string encoded_number(const EVP_PKEY* pkey, const char* name, std::size_t width = 0) {
  const BigNumPtr number = number_of(pkey, name);
  if (!number) return {};
  // RFC 7518 §2: a Base64urlUInt has no leading zero octets; coordinates have the width of their curve.
  const std::size_t minimum = static_cast<std::size_t>(BN_num_bytes(number.get()));
  return base64url_encode(to_bytes(number.get(), width == 0 ? minimum : width));
}

Result<> classify_rsa(const Key::Impl& key) {
  const int bits = EVP_PKEY_get_bits(key.pkey.get());
  if (bits < kMinRsaBits) {
    return fail("jwk.weak", "the RSA key has " + std::to_string(bits) + " bits, at least 2048 are required",
                "RFC 7518 §3.3");
  }
  if (bits > kMaxRsaBits) return fail("jwk.too_large", "the RSA key has more than 8192 bits");
  const BigNumPtr n = number_of(key.pkey.get(), OSSL_PKEY_PARAM_RSA_N);
  const BigNumPtr e = number_of(key.pkey.get(), OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e || !BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get()) ||
      BN_num_bits(e.get()) > kMaxRsaExponentBits) {
    return fail("jwk.rsa", "the RSA modulus or exponent is not one that RSA can work with", "RFC 8017 §3.1");
  }
  return {};
}

}  // namespace

const AlgorithmTraits& traits_of(JwsAlgorithm algorithm) {
  return *std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                       [algorithm](const AlgorithmTraits& traits) { return traits.algorithm == algorithm; });
}

const AlgorithmTraits* traits_by_name(std::string_view name) {
  const auto found =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [name](const AlgorithmTraits& t) { return t.name == name; });
  return found == kAlgorithms.end() ? nullptr : found;
}

const CurveTraits* curve_by_name(std::string_view name) {
  const auto found =
      std::find_if(kCurves.begin(), kCurves.end(), [name](const CurveTraits& c) { return c.name == name; });
  return found == kCurves.end() ? nullptr : found;
}

const CurveTraits* curve_by_openssl_name(std::string_view name) {
  const auto found =
      std::find_if(kCurves.begin(), kCurves.end(), [name](const CurveTraits& c) { return c.openssl_name == name; });
  return found == kCurves.end() ? nullptr : found;
}

BigNumPtr to_number(std::string_view bytes) {
  return BigNumPtr(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string to_bytes(const BIGNUM* number, std::size_t width) {
  std::string bytes(width, '\0');
  BN_bn2binpad(number, bytes_of(bytes), static_cast<int>(width));
  return bytes;
}

Result<> classify(Key::Impl& key) {
  switch (EVP_PKEY_get_base_id(key.pkey.get())) {
    case EVP_PKEY_RSA: key.kty = "RSA"; return classify_rsa(key);
    case EVP_PKEY_ED25519:
      key.kty = "OKP";
      key.curve = "Ed25519";
      return {};
    case EVP_PKEY_EC: {
      std::array<char, 64> group{};
      std::size_t length = 0;
      const bool is_named = EVP_PKEY_get_group_name(key.pkey.get(), group.data(), group.size(), &length) == 1;
      const CurveTraits* curve = is_named ? curve_by_openssl_name({group.data(), length}) : nullptr;
      if (curve == nullptr) {
        return fail("jwk.unsupported", "the key is on a curve that is not supported", "RFC 7518 §6.2.1.1");
      }
      key.kty = "EC";
      key.curve = curve->name;
      return {};
    }
    default: return fail("jwk.unsupported", "the key is of a type that is not supported", "RFC 7518 §6.1");
  }
}

Json::Object required_members(const Key::Impl& key) {
  if (key.kty == "RSA") {
    return {{"e", encoded_number(key.pkey.get(), OSSL_PKEY_PARAM_RSA_E)},
            {"kty", key.kty},
            {"n", encoded_number(key.pkey.get(), OSSL_PKEY_PARAM_RSA_N)}};
  }
  if (key.kty == "EC") {
    const std::size_t width = curve_by_name(key.curve)->bytes;
    return {{"crv", key.curve},
            {"kty", key.kty},
            {"x", encoded_number(key.pkey.get(), OSSL_PKEY_PARAM_EC_PUB_X, width)},
            {"y", encoded_number(key.pkey.get(), OSSL_PKEY_PARAM_EC_PUB_Y, width)}};
  }
  if (key.kty == "OKP") {
    std::string point(32, '\0');
    std::size_t size = point.size();
    EVP_PKEY_get_raw_public_key(key.pkey.get(), bytes_of(point), &size);
    return {{"crv", key.curve}, {"kty", key.kty}, {"x", base64url_encode(point)}};
  }
  return {{"k", base64url_encode(key.octets.expose())}, {"kty", key.kty}};
}

}  // namespace mimir::codec::internal
