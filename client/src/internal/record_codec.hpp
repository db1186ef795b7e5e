#pragma once

#include <optional>
#include <string_view>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// One stored login as JSON text, with its secrets in clear: to be sealed at once. Intermediate copies are wiped.
[[nodiscard]] Secret encode_record(const StoredLogin& login);
/// Whether decode_record() gives the same secrets back. JSON has no way to write bytes that are no UTF-8: a token of
/// such bytes would come back as another one.
[[nodiscard]] bool is_encodable(const StoredLogin& login, std::string_view encoded);
/// Both absent, or equal; in time that depends on the lengths only.
[[nodiscard]] bool is_same(const std::optional<Secret>& a, const std::optional<Secret>& b);
/// Whether a newer program wrote it. What it says may have another meaning, and what this one does not know would be lost
/// by writing the record again: so it is neither read nor replaced (CH-ST-08). Whoever adds a member that an older program
/// must not lose raises the number.
[[nodiscard]] bool is_of_newer_version(std::string_view text);
/// Nothing when the text is not a whole record. Members that are not known are ignored.
[[nodiscard]] std::optional<StoredLogin> decode_record(std::string_view text);

}  // namespace mimir::oauth::internal
