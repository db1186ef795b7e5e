#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <mimir/oauth/http_transport.hpp>
#include <mockoauth/server/delivery.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/welcome.hpp>

namespace mockoauth::conformance::internal {

/// What a client gets to see of an answer that a fault spoils on its way, as its own transport would tell it.
/// @param pass_time is called in the place of waiting.
[[nodiscard]] mimir::oauth::HttpOutcome deliver(const server::HttpResponse& answer, const server::Delivery& delivery,
                                                const mimir::oauth::HttpRequest& request,
                                                const std::function<void(std::chrono::milliseconds)>& pass_time);

/// A TLS handshake that goes as the server means it to, as a client sees it that trusts the server's own CA alone.
/// @returns how it failed; nothing: it did not.
std::optional<mimir::oauth::HttpOutcome> shake_hands(const server::Welcome& met, const mimir::oauth::HttpRequest& request,
                                                     const std::function<void(std::chrono::milliseconds)>& pass_time);

}  // namespace mockoauth::conformance::internal
