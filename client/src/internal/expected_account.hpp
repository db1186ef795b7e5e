#pragma once

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// Whether an ID Token, verified before, is of the account that was expected (CH-AZ-16, CH-AC-02): `account.unexpected`
/// (Misconfigured) names the one that was found. No expectation is always met.
Result<> check_expected_account(const Secret& id_token, const ExpectedAccount& expected);

}  // namespace mimir::oauth::internal
