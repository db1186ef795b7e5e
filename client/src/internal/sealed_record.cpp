#include "internal/sealed_record.hpp"

#include <array>
#include <optional>

#include <mimir/codec/digest.hpp>

#include "internal/aead.hpp"
#include "internal/storage_errors.hpp"

namespace mimir::oauth::internal {
namespace {

// magic(8) version(1) binding(1) key id(8) machine tag(8) name length(2, big-endian) name nonce(12) | sealed text, tag
constexpr std::string_view kMagic = "MIMIRLGN";
constexpr unsigned char kVersion = 1;
constexpr std::size_t kFingerprintBytes = 8;
constexpr std::size_t kFixedBytes = 8 + 1 + 1 + 2 * kFingerprintBytes + 2;
constexpr char kUnbound = 0;
constexpr char kBoundToMachine = 1;

struct File {
  unsigned char version = 0;
  char binding = 0;
  std::string_view key_id;
  std::string_view machine_tag;
  std::string_view provider;
  std::string_view nonce;
  std::string_view header;  // everything before the sealed text
  std::string_view sealed;
};

std::optional<File> take_apart(std::string_view bytes) {
  if (bytes.size() < kFixedBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  File file{.version = static_cast<unsigned char>(bytes[8]),
            .binding = bytes[9],
            .key_id = bytes.substr(10, kFingerprintBytes),
            .machine_tag = bytes.substr(10 + kFingerprintBytes, kFingerprintBytes)};
  const std::size_t name_bytes = static_cast<unsigned char>(bytes[kFixedBytes - 2]) * 256u +
                                 static_cast<unsigned char>(bytes[kFixedBytes - 1]);
  const std::size_t header_bytes = kFixedBytes + name_bytes + kAeadNonceBytes;
  if (bytes.size() < header_bytes + kAeadTagBytes) return std::nullopt;
  file.provider = bytes.substr(kFixedBytes, name_bytes);
  file.nonce = bytes.substr(kFixedBytes + name_bytes, kAeadNonceBytes);
  file.header = bytes.substr(0, header_bytes);
  file.sealed = bytes.substr(header_bytes);
  return file;
}

/// Keyed, so that the header tells nobody without the secret which machine it was.
std::string fingerprint(const SealingKeys& keys, std::string_view label, std::string_view value) {
  return codec::hmac_sha256(keys.installation.expose(), std::string(label) + std::string(value)).substr(0, kFingerprintBytes);
}

std::string key_id(const SealingKeys& keys) { return fingerprint(keys, "mimir-oauth key id", ""); }

std::string machine_tag(const SealingKeys& keys, char binding) {
  if (binding == kUnbound) return std::string(kFingerprintBytes, '\0');
  return fingerprint(keys, "mimir-oauth machine tag ", keys.machine);
}

std::optional<Secret> record_key(const SealingKeys& keys, char binding, const std::string& provider) {
  // machine-id(5): the id itself must not be handed out, only a hash with a label of the application.
  const std::string salt =
      binding == kUnbound ? std::string() : codec::hmac_sha256("mimir-oauth machine binding", keys.machine);
  return derive_key(keys.installation.expose(), salt, "mimir-oauth login v1 " + provider);
}

Error local(std::string code, std::string message, std::string hint) {
  return {.category = Category::LocalEnvironment,
          .code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint)};
}

Error no_cryptography() {
  return local("storage.no_cryptography", "AES-256-GCM is not available on this machine.", "Check the OpenSSL installation.");
}

}  // namespace

Error corrupt_record(const std::string& provider) {
  return local("storage.corrupt", "The stored login of " + provider + " is damaged; it was left as it is.",
               "Log in again; the damaged file is set aside then.");
}

Result<std::string> seal_record(const SealingKeys& keys, const std::string& provider, std::string_view plain_text,
                                Random& random) {
  std::array<std::uint8_t, kAeadNonceBytes> nonce{};
  // Fresh and random for every write: a repeated nonce would give the key away (NIST SP 800-38D §8).
  if (!random.fill(nonce)) {
    return fail(local("random.unavailable", "The system gives no random numbers.", "Without them nothing can be stored safely."));
  }
  const char binding = keys.machine.empty() ? kUnbound : kBoundToMachine;
  std::string file(kMagic);
  file += static_cast<char>(kVersion);
  file += binding;
  file += key_id(keys) + machine_tag(keys, binding);
  file += static_cast<char>(provider.size() / 256);
  file += static_cast<char>(provider.size() % 256);
  file += provider;
  const std::string_view nonce_bytes(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  file += nonce_bytes;
  const auto key = record_key(keys, binding, provider);
  const auto sealed = key ? aead_seal(*key, nonce_bytes, file, plain_text) : std::nullopt;
  if (!sealed) return fail(no_cryptography());
  return file + *sealed;
}

Result<Secret> open_record(const SealingKeys& keys, const std::string& provider, std::string_view bytes) {
  const auto file = take_apart(bytes);
  if (!file) return fail(corrupt_record(provider));
  if (file->version > kVersion) return fail(newer_version(provider));
  if (file->version != kVersion || file->provider != provider || (file->binding != kUnbound && file->binding != kBoundToMachine)) {
    return fail(corrupt_record(provider));
  }
  if (file->key_id != key_id(keys)) {
    return fail(local("storage.key_lost", "The stored login of " + provider + " was sealed with a key that is gone.",
                      "Log in again; the old file is set aside then."));
  }
  if (file->machine_tag != machine_tag(keys, file->binding)) {
    return fail(local("storage.wrong_machine", "The stored login of " + provider + " was sealed on another machine.",
                      "Log in again on this machine; a copied login cannot be used."));
  }
  const auto key = record_key(keys, file->binding, provider);
  if (!key) return fail(no_cryptography());
  auto plain_text = aead_open(*key, file->nonce, file->header, file->sealed);
  if (!plain_text) return fail(corrupt_record(provider));
  return std::move(*plain_text);
}

std::string provider_of(std::string_view bytes) {
  const auto file = take_apart(bytes);
  return file ? std::string(file->provider) : std::string();
}

}  // namespace mimir::oauth::internal
