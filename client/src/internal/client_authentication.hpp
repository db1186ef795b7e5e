#pragma once

#include <optional>

#include <internal/context.hpp>
#include <internal/metadata.hpp>
#include <internal/secret_form.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// How this client says who it is at the token endpoint and its kin: exactly one way (RFC 6749 §2.3).
struct ClientAuthentication {
  enum class Method {
    None,          ///< Public client: client_id in the body (RFC 6749 §3.2.1).
    Basic,         ///< client_secret_basic
    Post,          ///< client_secret_post
    PrivateKeyJwt  ///< private_key_jwt (RFC 7523 §2.2, OIDC Core §9)
  };
  Method method = Method::None;
  std::optional<codec::JwsAlgorithm> algorithm = {};  ///< Of the assertion; set with PrivateKeyJwt.
};

/// Without a credential there is nothing to prove. With one, what the metadata lists; basic when it lists nothing
/// (RFC 8414 §2). There is no second try with another method: it would show the secret to a server that refused it.
Result<ClientAuthentication> choose_client_authentication(const OAuthConfig& config, const Metadata& metadata);

/// Adds what the method needs to the form or the headers. An assertion is made anew each time: it has its own `jti`.
Result<> authenticate(const ClientAuthentication& chosen, const OAuthConfig& config, SecretForm& form,
                      HttpRequest& request, const Context& context);

/// A JWT by which the client proves its key (RFC 7523 §3): `iss` and `sub` the client id, `aud` the issuer alone, so that
/// no other server can use it.
Result<Secret> client_assertion(const OAuthConfig& config, codec::JwsAlgorithm algorithm, TimePoint now, Random& random);

}  // namespace mimir::oauth::internal
