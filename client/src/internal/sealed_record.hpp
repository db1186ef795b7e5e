#pragma once

#include <string>
#include <string_view>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// What the keys of one installation are made from.
struct SealingKeys {
  Secret installation;  ///< 32 random bytes that live in a file of their own: the only real secret (CH-FS-08).
  std::string machine;  ///< Machine id, an extra binding only since any user may read it; empty: no binding (CH-FS-09).
};

/// Seals one record for one provider. The file begins with a versioned header, all of which is authenticated together
/// with the provider's name, so that files cannot be exchanged for one another (CH-FS-10).
Result<std::string> seal_record(const SealingKeys& keys, const std::string& provider, std::string_view plain_text,
                                Random& random);

/// Errors, all LocalEnvironment: `storage.corrupt`, `storage.newer_version`, `storage.wrong_machine`, `storage.key_lost`
/// (sealed with another installation secret). Never anything but the sealed text is returned (CH-FS-12).
Result<Secret> open_record(const SealingKeys& keys, const std::string& provider, std::string_view file);

/// The provider a file says it is for; empty when it is no such file. Not authenticated.
[[nodiscard]] std::string provider_of(std::string_view file);

[[nodiscard]] Error corrupt_record(const std::string& provider);

}  // namespace mimir::oauth::internal
