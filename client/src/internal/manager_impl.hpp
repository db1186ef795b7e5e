#pragma once

#include <internal/manager_state.hpp>

namespace mimir::oauth {

/// Here and not in oauth_manager.cpp because TokenSource works on the same state.
struct OAuthManager::Impl : internal::ManagerState {
  using internal::ManagerState::ManagerState;
};

}  // namespace mimir::oauth
