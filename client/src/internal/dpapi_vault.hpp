#pragma once

#if defined(_WIN32)

#include <filesystem>
#include <functional>
#include <memory>

#include <internal/vault.hpp>

namespace mimir::oauth::internal {

/// Files that only this Windows user can decrypt (CryptProtectData, user scope, no questions), in a folder that only the
/// user and the system may open. No limit of 2560 bytes, unlike the Credential Manager (CH-KC-06).
struct DpapiOptions {
  std::filesystem::path folder;
  /// Between two tries to replace a file that somebody (an antivirus) holds open.
  std::function<void(unsigned long milliseconds)> sleep;
};
std::unique_ptr<Vault> make_dpapi_vault(DpapiOptions options);

}  // namespace mimir::oauth::internal

#endif
