#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth {

/// Where logins are to be kept and what may be asked for it.
struct StorageOptions {
  std::filesystem::path folder;      ///< Absolute. Holds locks, the record of the choice and, for `file`, the logins.
  /// Name of a backend, or `auto`: the recorded one; before the first login the best that this machine has.
  std::string backend = "auto";
  bool may_prompt = false;           ///< Whether a locked keyring may ask the user to unlock it.
  EnvironmentLookup environment = process_environment();
  std::filesystem::path machine_id_file = "/etc/machine-id";
  std::chrono::milliseconds keyring_timeout{3'000};         ///< Of one call that shows nothing to the user.
  std::chrono::milliseconds keyring_prompt_timeout{60'000};  ///< Of one that may.
  std::string channel = "release";   ///< Keeps builds for development and tests apart in a keyring that all share.
};

/// What is known about one backend without touching it.
struct StorageBackendInfo {
  std::string name;
  std::string title;  ///< For people.
  bool keeps = true;  ///< False when nothing outlives the process or nothing can be written.
};
/// All backends of this build, sorted by name.
[[nodiscard]] std::vector<StorageBackendInfo> storage_backends();

/// The store that the options lead to. Nothing is touched before its first use.
///
/// The first probe() or store() under `auto` picks a backend and records it in the folder; from then on that one is used
/// or an error returned: never another one silently (`storage.unavailable`, `storage.locked`, `storage.denied`,
/// `storage.timeout`; all LocalEnvironment). Only a backend that is absent is passed over, and description() says so;
/// one that is locked or refused ends the choice. Naming another backend than the recorded one is
/// `storage.other_backend` (Misconfigured), because a login has exactly one copy; those that keep nothing are always
/// allowed and never recorded. `storage.unknown_backend` (Misconfigured) for a name that no backend has.
/// Thread-safe; safe between processes. @param random must outlive the store.
Result<std::unique_ptr<TokenStorage>> open_storage(StorageOptions options, Random& random);

/// Moves every login to another backend: copy and read back, switch the record of the choice, delete the old copies.
/// Safe to interrupt and to repeat at every step; until the switch the old copies count, afterwards the new ones.
/// @returns how many were moved. Waits for refreshes under way; `storage.lock_timeout` when one does not end.
Result<std::size_t> move_logins(const StorageOptions& options, const std::string& to, Random& random);

}  // namespace mimir::oauth
