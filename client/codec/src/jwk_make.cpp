// Keys from PEM, from shared secrets, and new ones.
#include <openssl/pem.h>

#include <mimir/codec/jwk.hpp>
#include <mimir/codec/random.hpp>

#include "internal/key.hpp"

namespace mimir::codec {
namespace {

constexpr std::size_t kMaxPemBytes = 64 * 1024;

/// OpenSSL would ask for a passphrase at the terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

internal::PkeyPtr read_pem(std::string_view pem, bool is_private) {
  const internal::BioPtr bio(BIO_new_mem_buf(internal::bytes_of(pem), static_cast<int>(pem.size())));
  if (!bio) return nullptr;
  return internal::PkeyPtr(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr)
                                      : PEM_read_bio_PUBKEY(bio.get(), nullptr, refuse_passphrase, nullptr));
}

internal::PkeyPtr new_pair(const internal::AlgorithmTraits& traits) {
  if (traits.kty == "RSA") return internal::PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  if (traits.kty == "OKP") return internal::PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return internal::PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", std::string(traits.curve).c_str()));
}

}  // namespace

Result<Key> Key::from_pem(std::string_view pem, std::string kid, std::optional<JwsAlgorithm> algorithm) {
  const internal::ErrorQueueGuard guard;
  if (pem.size() > kMaxPemBytes) return fail("pem.too_large", "the PEM text is larger than 64 KiB");
  auto key = std::make_shared<Impl>();
  key->kid = std::move(kid);
  key->pkey = read_pem(pem, true);
  key->is_private = key->pkey != nullptr;
  if (!key->pkey) key->pkey = read_pem(pem, false);
  if (!key->pkey) return fail("pem.key", "the text holds no unencrypted key in PEM", "RFC 7468 §10");
  if (const auto classified = internal::classify(*key); !classified) return tl::unexpected(classified.error());
  Key result(key);
  if (algorithm && !result.fits(*algorithm)) {
    return fail("jwk.algorithm", "the algorithm does not go with the key's type or curve", "RFC 7518 §3.1");
  }
  key->algorithm = algorithm;
  return result;
}

Result<std::string> Key::public_pem() const {
  const internal::ErrorQueueGuard guard;
  if (!impl_->pkey) return fail("jwk.symmetric", "a symmetric key has no public part", "RFC 7518 §6.4");
  const internal::BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), impl_->pkey.get()) != 1) {
    return fail("pem.key", "OpenSSL could not write the key");
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

Result<Key> Key::from_secret(std::string_view bytes, std::string kid) {
  if (bytes.empty()) return fail("jwk.weak", "the secret is empty", "RFC 7518 §3.2");
  auto key = std::make_shared<Impl>();
  key->kid = std::move(kid);
  key->kty = "oct";
  key->octets = Secret(bytes);
  key->is_private = true;
  return Key(std::move(key));
}

Result<Key> Key::generate(JwsAlgorithm algorithm, std::string kid) {
  const internal::ErrorQueueGuard guard;
  const internal::AlgorithmTraits& traits = internal::traits_of(algorithm);
  auto key = std::make_shared<Impl>();
  key->kid = std::move(kid);
  key->kty = traits.kty;
  key->use = "sig";
  key->algorithm = algorithm;
  key->is_private = true;
  if (traits.kty == "oct") {
    internal::WipedString octets(std::string(static_cast<std::size_t>(EVP_MD_get_size(traits.digest())), '\0'));
    SystemRandom random;
    const auto filled = random.fill({internal::bytes_of(octets.bytes), octets.bytes.size()});
    if (!filled) return tl::unexpected(filled.error());
    key->octets = Secret(octets.bytes);
    return Key(std::move(key));
  }
  key->pkey = new_pair(traits);
  if (!key->pkey) return fail("random.unavailable", "OpenSSL could not make a key");
  if (const auto classified = internal::classify(*key); !classified) return tl::unexpected(classified.error());
  return Key(std::move(key));
}

}  // namespace mimir::codec
