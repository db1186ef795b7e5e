#include <mimir/codec/digest.hpp>

#include <cstdlib>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "internal/openssl.hpp"

namespace mimir::codec {
namespace {

/// Fetched once and kept for good: what EVP_sha256() gives stands for a look-up at each use since OpenSSL 3, which takes
/// longer than hashing a token.
const EVP_MD* fetched(const char* name, const EVP_MD* otherwise) {
  const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  return algorithm != nullptr ? algorithm : otherwise;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = fetched("SHA2-256", EVP_sha256());
  return algorithm;
}

const EVP_MD* sha384_algorithm() {
  static const EVP_MD* const algorithm = fetched("SHA2-384", EVP_sha384());
  return algorithm;
}

const EVP_MD* sha512_algorithm() {
  static const EVP_MD* const algorithm = fetched("SHA2-512", EVP_sha512());
  return algorithm;
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::string result(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
  // SHA-2 fails only where OpenSSL itself is broken (no default provider, no memory). There is no value to return that
  // a caller could not mistake for a digest, so the process stops.
  const int done = EVP_Digest(internal::bytes_of(bytes), bytes.size(), internal::bytes_of(result), nullptr, algorithm,
                              nullptr);
  if (done != 1) std::abort();
  return result;
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(sha256_algorithm(), bytes); }
std::string sha384(std::string_view bytes) { return digest(sha384_algorithm(), bytes); }
std::string sha512(std::string_view bytes) { return digest(sha512_algorithm(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t kBlock = 64;
  // RFC 2104 §2: a key longer than the block is hashed first. Doing it here also keeps the length within OpenSSL's int.
  const std::string hashed = key.size() > kBlock ? sha256(key) : std::string();
  const std::string_view used = hashed.empty() ? key : std::string_view(hashed);
  std::string result(32, '\0');
  if (HMAC(EVP_sha256(), internal::bytes_of(used), static_cast<int>(used.size()), internal::bytes_of(bytes),
           bytes.size(), internal::bytes_of(result), nullptr) == nullptr) {
    std::abort();  // As for digests: no value could stand for the failure.
  }
  return result;
}

std::string hex_encode(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0x0F]);
  }
  return text;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(internal::bytes_of(a), internal::bytes_of(b), a.size()) == 0;
}

}  // namespace mimir::codec
