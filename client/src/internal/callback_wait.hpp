#pragma once

#include <internal/context.hpp>

namespace mimir::oauth::internal {

/// Waits for the answer of the user's browser as long as the user has for a login, and says what it waits for: at the
/// beginning, and every 30 seconds (CH-CL-13).
/// @param authorization_url  where the user is sent; only its host is told.
/// @param race               ends the wait when another way has won.
Result<CallbackResult> wait_for_callback(CallbackReceiver& receiver, const std::string& authorization_url,
                                         const std::string& redirect_uri, const Context& context, std::stop_token race);

}  // namespace mimir::oauth::internal
