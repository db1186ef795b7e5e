#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth {

/// What is kept for one login. `generation` grows by one per write, so that two copies can never fight.
struct StoredLogin {
  OAuthConfig config;   ///< Enough to refresh and revoke without further configuration.
  OAuthTokens tokens;
  std::uint64_t generation = 0;
  /// Set in a record that is no login but the registration of this program (RFC 7591); its tokens are empty.
  std::optional<RegisteredClient> registered = {};

  [[nodiscard]] StoredLogin clone() const;
};

/// Keeps logins by provider name. Thread-safe; safe between processes.
class TokenStorage {
 public:
  virtual ~TokenStorage() = default;
  /// Says whether a login could be kept, before a browser is opened for it.
  virtual Result<> probe() = 0;
  /// Nothing when there is no login of that name; an error when there may be one that cannot be read.
  virtual Result<std::optional<StoredLogin>> load(const std::string& provider) = 0;
  /// Writes when the stored generation is `expected_generation` (0: none stored yet), else fails with
  /// `storage.conflict` and changes nothing. Durable when it returns. @returns the new generation.
  virtual Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                                      std::uint64_t expected_generation) = 0;
  /// Removes the login; removing what is not there is fine.
  virtual Result<> erase(const std::string& provider) = 0;
  /// Names of all records, sorted; one that begins with `=` is the library's own, see login_names().
  virtual Result<std::vector<std::string>> providers() = 0;
  /// Held between processes around load → refresh → store. `storage.lock_timeout` (TryLater) when it cannot be had.
  class Lock {
   public:
    virtual ~Lock() = default;
  };
  virtual Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                             std::stop_token stop) = 0;
  /// A short text without secrets beside a login that outlives the process, such as that a refresh is under way. Empty
  /// when there is none. Stores that keep nothing may keep no notes either. Goes with erase().
  virtual Result<std::string> read_note(const std::string& provider);
  /// Durable when it returns. Not part of the login: no generation, no compare-and-swap; the caller holds the lock.
  virtual Result<> write_note(const std::string& provider, const std::string& text);
  /// For people: `encrypted file /home/ada/.local/share/mimir`.
  [[nodiscard]] virtual std::string description() const = 0;
};

/// AES-256-GCM files in one folder (0700, files 0600), key by HKDF from a random per-installation secret and the
/// machine id; written to a temporary file, fsynced and renamed.
struct EncryptedFileOptions {
  std::filesystem::path folder;
  std::filesystem::path machine_id_file = "/etc/machine-id";
};
std::unique_ptr<TokenStorage> make_encrypted_file_storage(EncryptedFileOptions options, Random& random);

/// In this process only; for tests and for programs that must not keep anything.
std::unique_ptr<TokenStorage> make_memory_storage();

}  // namespace mimir::oauth
