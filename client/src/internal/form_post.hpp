#pragma once

#include <internal/client_authentication.hpp>
#include <internal/context.hpp>

namespace mimir::oauth::internal {

/// Sends a form with secrets to an endpoint once: POST, no redirect, secrets in body or Authorization only
/// (RFC 6749 §3.2, RFC 7009 §2.1). Never repeated here: the server may have acted on what looks lost.
HttpOutcome post_form(const std::string& url, SecretForm& form, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context);

}  // namespace mimir::oauth::internal
