#include "signature.hpp"

#include <array>
#include <limits>
#include <utility>

#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <mimir/codec/digest.hpp>

#include "key.hpp"

namespace mimir::codec::internal {
namespace {

std::string mac(const AlgorithmTraits& traits, const Key& key, std::string_view input) {
  const std::string_view secret = key.impl().octets.expose();
  std::string result(static_cast<std::size_t>(EVP_MD_get_size(traits.digest())), '\0');
  if (secret.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      HMAC(traits.digest(), bytes_of(secret), static_cast<int>(secret.size()), bytes_of(input), input.size(),
           bytes_of(result), nullptr) == nullptr) {
    return {};
  }
  return result;
}

/// RFC 7518 §3.5: MGF1 with the same digest, which is OpenSSL's default, and a salt of the digest's size.
bool set_padding(const AlgorithmTraits& traits, EVP_PKEY_CTX* context) {
  if (traits.kty != "RSA") return true;
  if (!traits.is_pss) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/// RFC 7518 §3.4: R and S, each as wide as the curve, instead of the DER that OpenSSL makes.
std::string der_to_raw(std::string_view der, std::size_t width) {
  const unsigned char* position = bytes_of(der);
  const EcdsaSignaturePtr signature(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
  if (!signature) return {};
  return to_bytes(ECDSA_SIG_get0_r(signature.get()), width) + to_bytes(ECDSA_SIG_get0_s(signature.get()), width);
}

/// Empty when the length is not twice the curve's width.
std::string raw_to_der(std::string_view raw, std::size_t width) {
  const EcdsaSignaturePtr signature(ECDSA_SIG_new());
  if (raw.size() != 2 * width || !signature) return {};
  BigNumPtr r = to_number(raw.substr(0, width));
  BigNumPtr s = to_number(raw.substr(width));
  if (!r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  // set0 took both over.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  if (length <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return text;
}

const EVP_MD* digest_of(const AlgorithmTraits& traits) { return traits.digest == nullptr ? nullptr : traits.digest(); }

PkeyContextPtr set_up_signing(const AlgorithmTraits& traits, EVP_PKEY* key) {
  PkeyContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  const bool is_ready = context && EVP_PKEY_sign_init(context.get()) == 1 && set_padding(traits, context.get()) &&
                        EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(traits)) == 1;
  return is_ready ? std::move(context) : nullptr;
}

std::string hash(const AlgorithmTraits& traits, std::string_view input) {
  switch (EVP_MD_get_size(digest_of(traits))) {
    case 32: return sha256(input);
    case 48: return sha384(input);
    default: return sha512(input);
  }
}

std::string sign_digest(JwsAlgorithm algorithm, const Key::Impl& key, std::string_view input) {
  const AlgorithmTraits& traits = traits_of(algorithm);
  auto context = key.signers.take(algorithm, key.pkey.get());
  if (!context) return {};
  const std::string digest = hash(traits, input);
  auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key.pkey.get()));
  std::string signature(size, '\0');
  if (EVP_PKEY_sign(context.get(), bytes_of(signature), &size, bytes_of(digest), digest.size()) != 1) return {};
  signature.resize(size);
  key.signers.give_back(algorithm, std::move(context));
  return traits.kty == "EC" ? der_to_raw(signature, curve_by_name(traits.curve)->bytes) : signature;
}

// RFC 8032 §5.1.6 hashes the message twice: there is no digest to sign.
std::string sign_message(EVP_PKEY* key, std::string_view input) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1) return {};
  auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(input), input.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

}  // namespace

PreparedSigners::~PreparedSigners() {
  for (auto& kept : idle_) {
    for (auto& context : kept) EVP_PKEY_CTX_free(context);
  }
}

PkeyContextPtr PreparedSigners::take(JwsAlgorithm algorithm, EVP_PKEY* key) {
  for (auto& place : idle_[static_cast<std::size_t>(algorithm)]) {
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    if (auto* context = place.exchange(nullptr, std::memory_order_acquire)) return PkeyContextPtr(context);
  }
  return set_up_signing(traits_of(algorithm), key);
}

void PreparedSigners::give_back(JwsAlgorithm algorithm, PkeyContextPtr context) {
  for (auto& place : idle_[static_cast<std::size_t>(algorithm)]) {
    EVP_PKEY_CTX* empty = nullptr;
    if (place.compare_exchange_strong(empty, context.get(), std::memory_order_release, std::memory_order_relaxed)) {
      static_cast<void>(context.release());
      return;
    }
  }
}

Result<std::string> sign(JwsAlgorithm algorithm, const Key& key, std::string_view input) {
  const ErrorQueueGuard guard;
  const AlgorithmTraits& traits = traits_of(algorithm);
  const Key::Impl& impl = key.impl();
  if (impl.kty != traits.kty || (!traits.curve.empty() && impl.curve != traits.curve)) {
    return fail("jws.key_mismatch", "the key's type or curve does not go with " + std::string(traits.name),
                "RFC 7515 §5.1");
  }
  if (!impl.is_private) return fail("jws.not_private", "signing needs a private key", "RFC 7515 §5.1");

  std::string signature;
  if (traits.kty == "oct") {
    signature = mac(traits, key, input);
  } else {
    signature = traits.digest == nullptr ? sign_message(impl.pkey.get(), input) : sign_digest(algorithm, impl, input);
  }
  if (signature.empty()) return fail("jws.sign", "OpenSSL could not sign with this key", "RFC 7515 §5.1");
  return signature;
}

bool verify(JwsAlgorithm algorithm, const Key& key, std::string_view input, std::string_view signature) {
  const ErrorQueueGuard guard;
  const AlgorithmTraits& traits = traits_of(algorithm);
  if (traits.kty == "oct") {
    const std::string expected = mac(traits, key, input);
    return !expected.empty() && constant_time_equal(expected, signature);
  }
  std::string der;
  if (traits.kty == "EC") {
    der = raw_to_der(signature, curve_by_name(traits.curve)->bytes);
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  return context &&
         EVP_DigestVerifyInit(context.get(), &options, digest_of(traits), nullptr, key.impl().pkey.get()) == 1 &&
         set_padding(traits, options) &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(input), input.size()) == 1;
}

}  // namespace mimir::codec::internal
