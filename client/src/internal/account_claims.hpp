#pragma once

#include <string>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// The claims of an ID Token whose signature was verified before; nothing is in them when it cannot be read.
[[nodiscard]] codec::Json claims_of_stored(const Secret& id_token);

/// What a person knows the account by, fit for a terminal.
[[nodiscard]] std::string account_shown(const codec::Json& claims);

}  // namespace mimir::oauth::internal
