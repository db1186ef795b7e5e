#pragma once

#include <mimir/oauth/accounts.hpp>

namespace mimir::oauth::internal {

/// A login must not overwrite that of somebody else (CH-AC-02): `account.mismatch` (Misconfigured) when both say who they
/// are, of the same issuer, and it is not the same person.
[[nodiscard]] Result<> check_same_account(const StoredLogin& before, const StoredLogin& after, const std::string& name);

}  // namespace mimir::oauth::internal
