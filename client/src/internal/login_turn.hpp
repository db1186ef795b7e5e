#pragma once

#include <memory>
#include <optional>

#include <internal/manager_state.hpp>

namespace mimir::oauth::internal {

/// What the wait for one's turn to ask the user has brought.
struct LoginTurn {
  std::unique_ptr<TokenStorage::Lock> held = {};  ///< None: told to go on beside the other one.
  std::optional<OAuthTokens> of_the_other = {};   ///< The other one has logged in meanwhile: nobody need be asked.
};

/// One login of a name at a time asks the user, among all programs that share the storage (CH-CL-15). The lock is not that
/// of the record, which the login may be renewed under meanwhile, and goes with the process that holds it.
/// `login.under_way` (TryLater) when another one has the turn and ManagerOptions::other_login says not to wait, or it took
/// too long.
Result<LoginTurn> take_login_turn(ManagerState& state, const Context& context);

}  // namespace mimir::oauth::internal
