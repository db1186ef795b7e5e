#pragma once

#include <internal/manager_state.hpp>

namespace mimir::oauth::internal {

/// Whether a request may carry a bearer token: https or loopback (RFC 6750 §5.3), no token in the URL already (§2), no
/// Authorization of its own, nothing in method or headers that could end a line.
Result<> check_bearer_request(const HttpRequest& request);

/// RFC 6750 §5.3: a token that was asked for certain APIs (RFC 8707) goes to their origins only, compared taken apart and
/// not by how they begin or end. `request.other_api` (Misconfigured). @param apis  none that is an address: no rule.
Result<> check_api_origin(const std::string& url, const std::vector<std::string>& apis);

/// Sends a request that was checked, with this token: as `Bearer` (RFC 6750 §2.1), or with a key as `DPoP` and a proof
/// (RFC 9449 §7.1). A refusal that only asks for a nonce is answered once with a new proof (§9). The request is as it was
/// afterwards, without the token.
Result<HttpResponse> send_with_token(ManagerState& state, const Context& context, HttpRequest& request,
                                     const Secret& token, const DpopKey* key);

}  // namespace mimir::oauth::internal
