#pragma once

#include <optional>
#include <string_view>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// One stored login as JSON text, with its secrets in clear: to be sealed at once. Intermediate copies are wiped.
[[nodiscard]] Secret encode_record(const StoredLogin& login);
/// Nothing when the text is not a whole record. Members that are not known are ignored.
[[nodiscard]] std::optional<StoredLogin> decode_record(std::string_view text);

}  // namespace mimir::oauth::internal
