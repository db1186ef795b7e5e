#include "internal/aead.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <limits>
#include <memory>

namespace mimir::oauth::internal {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

bool fits_int(std::string_view text) { return text.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()); }

bool has_sizes(const codec::Secret& key, std::string_view nonce) {
  return key.size() == kAeadKeyBytes && nonce.size() == kAeadNonceBytes;
}

}  // namespace

std::optional<codec::Secret> derive_key(std::string_view secret, std::string_view salt, std::string_view info) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
  if (!kdf) return std::nullopt;
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()), EVP_KDF_CTX_free);
  const auto octets = [](const char* name, std::string_view value) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
  };
  char digest[] = "SHA256";
  const std::array parameters = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                 octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_SALT, salt),
                                 octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  std::array<char, kAeadKeyBytes> key{};
  const bool is_done = context && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(),
                                                 parameters.data()) == 1;
  codec::Secret result(std::string_view(key.data(), key.size()));
  OPENSSL_cleanse(key.data(), key.size());
  if (!is_done) return std::nullopt;
  return result;
}

std::optional<std::string> aead_seal(const codec::Secret& key, std::string_view nonce, std::string_view associated_data,
                                     std::string_view plain_text) {
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  if (!context || !has_sizes(key, nonce) || !fits_int(plain_text) || !fits_int(associated_data)) return std::nullopt;
  std::string sealed(plain_text.size() + kAeadTagBytes, '\0');
  int length = 0;
  const bool is_sealed =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key.expose()), bytes(nonce)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &length, bytes(associated_data), static_cast<int>(associated_data.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes(sealed), &length, bytes(plain_text), static_cast<int>(plain_text.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), bytes(sealed) + length, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, bytes(sealed) + plain_text.size()) == 1;
  if (!is_sealed) return std::nullopt;
  return sealed;
}

std::optional<codec::Secret> aead_open(const codec::Secret& key, std::string_view nonce,
                                       std::string_view associated_data, std::string_view sealed) {
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  if (!context || !has_sizes(key, nonce) || sealed.size() < kAeadTagBytes || !fits_int(sealed) ||
      !fits_int(associated_data)) {
    return std::nullopt;
  }
  const std::string_view cipher_text = sealed.substr(0, sealed.size() - kAeadTagBytes);
  std::string tag(sealed.substr(cipher_text.size()));
  std::string plain(cipher_text.size() + 1, '\0');  // never without storage, also for an empty text
  int length = 0;
  const bool is_authentic =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key.expose()), bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &length, bytes(associated_data), static_cast<int>(associated_data.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes(plain), &length, bytes(cipher_text), static_cast<int>(cipher_text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes(plain) + length, &length) == 1;
  std::optional<codec::Secret> result;
  if (is_authentic) result.emplace(std::string_view(plain).substr(0, cipher_text.size()));
  OPENSSL_cleanse(plain.data(), plain.size());
  return result;
}

}  // namespace mimir::oauth::internal
