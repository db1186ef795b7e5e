#pragma once

#include <internal/client_authentication.hpp>
#include <internal/context.hpp>
#include <internal/dpop.hpp>
#include <internal/repeat.hpp>

namespace mimir::oauth::internal {

/// Sends a form with secrets to an endpoint: POST, no redirect, secrets in body or Authorization only (RFC 6749 §3.2,
/// RFC 7009 §2.1). What looks lost is never repeated here: the server may have acted on it.
/// @param dpop  adds a proof. Then one refusal that only asks for a nonce is answered with a second request, the same but
///              for a new proof and a new client assertion: the server has used nothing up yet (RFC 9449 §8).
/// @param finish_after_stop  as in HttpRequest.
RepeatedOutcome post_form(const std::string& url, const SecretForm& form, const ClientAuthentication& method,
                          const OAuthConfig& config, const Context& context, Repeat repeat,
                          const DpopBinding* dpop = nullptr, std::chrono::milliseconds finish_after_stop = {});

}  // namespace mimir::oauth::internal
