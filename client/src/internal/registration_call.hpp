#pragma once

#include <string>

#include <internal/context.hpp>
#include <mimir/codec/json.hpp>

namespace mimir::oauth::internal {

/// Sends client metadata, or nothing where there is none to send (RFC 7591 §3.1, RFC 7592 §2): JSON, no redirect, once.
/// @param bearer  initial or registration access token; null for none.
/// @param body    null for methods without one; may hold the client secret and is wiped by its owner.
HttpOutcome send_registration(std::string method, const std::string& url, const codec::Json* body, const Secret* bearer,
                              const Context& context);

}  // namespace mimir::oauth::internal
