#pragma once

#include <internal/client_authentication.hpp>
#include <internal/context.hpp>
#include <internal/device_response.hpp>
#include <internal/dpop.hpp>
#include <internal/metadata.hpp>
#include <internal/token_response.hpp>

namespace mimir::oauth::internal {

/// Asks for a device code and a user code (RFC 8628 §3.1).
Result<DeviceGrant> ask_for_device_codes(const OAuthConfig& config, const Metadata& metadata,
                                         const ClientAuthentication& method, const Context& context);

/// Polls until the user has decided (RFC 8628 §3.4, §3.5), no faster than asked, until the code's lifetime is over.
/// @param dpop  null for bearer tokens.
Result<TokenGrant> poll_for_device_tokens(const DeviceGrant& codes, const OAuthConfig& config,
                                          const Metadata& metadata, const ClientAuthentication& method,
                                          const DpopBinding* dpop, const Context& context);

}  // namespace mimir::oauth::internal
