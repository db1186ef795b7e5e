#pragma once

#include <internal/metadata.hpp>
#include <internal/secret_form.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// How this client says who it is at the token and revocation endpoints: exactly one way (RFC 6749 §2.3).
enum class ClientAuthentication {
  None,   ///< Public client: client_id in the body (RFC 6749 §3.2.1).
  Basic,  ///< client_secret_basic
  Post    ///< client_secret_post
};

/// Without a secret there is nothing to prove. With one, what the metadata lists; basic when it lists nothing (RFC 8414 §2).
/// There is no second try with another method: it would show the secret to a server that refused it.
Result<ClientAuthentication> choose_client_authentication(const OAuthConfig& config, const Metadata& metadata);

/// Adds what the method needs to the form or the headers.
void authenticate(ClientAuthentication method, const OAuthConfig& config, SecretForm& form, HttpRequest& request);

}  // namespace mimir::oauth::internal
