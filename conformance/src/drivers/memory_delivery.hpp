#pragma once

#include <chrono>
#include <functional>

#include <mimir/oauth/http_transport.hpp>
#include <mockoauth/server/delivery.hpp>
#include <mockoauth/server/http.hpp>

namespace mockoauth::conformance::internal {

/// What a client gets to see of an answer that a fault spoils on its way, as its own transport would tell it.
/// @param pass_time is called in the place of waiting.
[[nodiscard]] mimir::oauth::HttpOutcome deliver(const server::HttpResponse& answer, const server::Delivery& delivery,
                                                const mimir::oauth::HttpRequest& request,
                                                const std::function<void(std::chrono::milliseconds)>& pass_time);

}  // namespace mockoauth::conformance::internal
