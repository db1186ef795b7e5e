#pragma once

#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// Whether a request may carry a bearer token: https or loopback (RFC 6750 §5.3), no token in the URL already (§2), no
/// Authorization of its own, nothing in method or headers that could end a line.
Result<> check_bearer_request(const HttpRequest& request);

}  // namespace mimir::oauth::internal
