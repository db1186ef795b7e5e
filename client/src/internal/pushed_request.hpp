#pragma once

#include <internal/form_post.hpp>
#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {

/// Whether the request goes to the server before the browser (RFC 9126 §5: when the metadata requires it; else when
/// that is configured and offered).
[[nodiscard]] bool must_push(const OAuthConfig& config, const Metadata& metadata);

/// Pushes the request, authenticated as at the token endpoint (RFC 9126 §2.1). Once per login: the handle is used once.
/// @returns all that may go through the browser, `client_id` and `request_uri` (§4). A refusal is final: sending the same
/// through the browser instead would be a downgrade (CH-AZ-14).
Result<codec::Parameters> push_authorization_request(const codec::Parameters& parameters, const Metadata& metadata,
                                                     const ClientAuthentication& method, const OAuthConfig& config,
                                                     const Context& context, const DpopBinding* dpop = nullptr);

}  // namespace mimir::oauth::internal
