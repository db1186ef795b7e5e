// Keys of bound tokens: made by OpenSSL, kept as PKCS#8.
#include <internal/dpop.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>

namespace mimir::oauth::internal {
namespace {

using codec::JwsAlgorithm;

/// In the order in which they are chosen: small and quick proofs first.
constexpr std::array kSpoken{JwsAlgorithm::ES256, JwsAlgorithm::EdDSA, JwsAlgorithm::ES384, JwsAlgorithm::PS256,
                             JwsAlgorithm::RS256};

EVP_PKEY* generate(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::ES256: return EVP_EC_gen("P-256");
    case JwsAlgorithm::ES384: return EVP_EC_gen("P-384");
    case JwsAlgorithm::EdDSA: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    default: return EVP_RSA_gen(2048);
  }
}

std::optional<Secret> new_key(JwsAlgorithm algorithm) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(generate(algorithm), EVP_PKEY_free);
  // A secure-memory BIO wipes what it held when it is freed.
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_secmem()), BIO_free);
  if (!key || !text || PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return std::nullopt;
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  if (size <= 0) return std::nullopt;
  return Secret(std::string_view(bytes, static_cast<std::size_t>(size)));
}

}  // namespace

Result<DpopKey> DpopKey::make(const std::optional<std::vector<std::string>>& offered) {
  const auto chosen = std::ranges::find_if(kSpoken, [&](JwsAlgorithm algorithm) {
    return !offered || std::ranges::find(*offered, codec::to_string(algorithm)) != offered->end();
  });
  if (chosen == kSpoken.end()) {
    return fail({.category = Category::Misconfigured,
                 .code = "dpop.algorithm",
                 .message = "The provider takes no proof of possession by an algorithm that this program speaks.",
                 .hint = "Switch token binding off for this provider, or report it.",
                 .spec = "RFC 9449 §5.1"});
  }
  auto pem = new_key(*chosen);
  if (!pem) {
    return fail({.category = Category::LocalEnvironment,
                 .code = "dpop.key",
                 .message = "No key to bind the tokens to could be made.",
                 .hint = "Nothing was sent. Check this machine's random number generator.",
                 .spec = "RFC 9449 §4.1"});
  }
  return load(*pem);
}

Result<DpopKey> DpopKey::load(const Secret& pem) {
  const auto key = codec::Key::from_pem(pem.expose());
  const auto* const algorithm =
      key ? std::ranges::find_if(kSpoken, [&](JwsAlgorithm each) { return key->fits(each); }) : kSpoken.end();
  if (algorithm == kSpoken.end() || !key->is_private()) {
    return fail({.category = Category::LoginRequired,
                 .code = "dpop.key",
                 .message = "The key that the tokens of this login are bound to cannot be read.",
                 .hint = "Log in again.",
                 .spec = "RFC 9449 §5"});
  }
  return DpopKey(pem.clone(), *key, *algorithm);
}

Result<std::string> DpopKey::thumbprint() const {
  auto text = key_.thumbprint();
  if (!text) return fail({.category = Category::LocalEnvironment, .code = "dpop.key", .message = text.error().message});
  return *std::move(text);
}

}  // namespace mimir::oauth::internal
