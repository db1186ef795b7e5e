#pragma once

#include <internal/client_authentication.hpp>
#include <internal/context.hpp>
#include <internal/dpop.hpp>

namespace mimir::oauth::internal {

/// Sends a form with secrets to an endpoint once: POST, no redirect, secrets in body or Authorization only
/// (RFC 6749 §3.2, RFC 7009 §2.1). Never repeated here: the server may have acted on what looks lost.
/// @param dpop  adds a proof. Then one refusal that only asks for a nonce is answered with a second request, the same but
///              for a new proof and a new client assertion: the server has used nothing up yet (RFC 9449 §8).
HttpOutcome post_form(const std::string& url, const SecretForm& form, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context, const DpopBinding* dpop = nullptr);

}  // namespace mimir::oauth::internal
