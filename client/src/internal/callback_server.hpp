#pragma once

#include <memory>

#include <mimir/oauth/callback_server.hpp>

#include "internal/callback_loop.hpp"

namespace mimir::oauth::internal {

/// The receiver on real sockets with limits of the caller's choice.
std::unique_ptr<CallbackReceiver> make_callback_server(const CallbackLimits& limits);

}  // namespace mimir::oauth::internal
