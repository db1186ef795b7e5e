#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// A place of the operating system that keeps secrets by name: the small part of a backend that differs. Thread-safe.
///
/// Errors are LocalEnvironment: `storage.unavailable`, `storage.locked`, `storage.denied`, `storage.timeout`,
/// `storage.ambiguous`, `storage.too_large`. "There is none" is never an error, and never stands for one.
class Vault {
 public:
  virtual ~Vault() = default;
  /// Whether something could be kept now. Absent, locked and denied are told apart.
  virtual Result<> probe() = 0;
  virtual Result<std::optional<Secret>> read(const std::string& name) = 0;
  /// Adds or replaces, durably.
  virtual Result<> write(const std::string& name, const Secret& record) = 0;
  /// Removing what is not there is fine.
  virtual Result<> remove(const std::string& name) = 0;
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Logins in a vault: one item each. Generations, locks between processes and the list of names live in `folder`, which
/// holds no secret, so that listing never unlocks anything (CH-ST-10).
std::unique_ptr<TokenStorage> make_vault_storage(std::unique_ptr<Vault> vault, std::filesystem::path folder,
                                                 Random& random);

}  // namespace mimir::oauth::internal
