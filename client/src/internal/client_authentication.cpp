#include <internal/client_authentication.hpp>

#include <algorithm>

#include <internal/sanitise.hpp>
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {

Result<ClientAuthentication> choose_client_authentication(const OAuthConfig& config, const Metadata& metadata) {
  if (!config.client_secret || config.client_secret->empty()) return ClientAuthentication::None;
  if (!metadata.token_auth_methods) return ClientAuthentication::Basic;
  const auto offered = [&](std::string_view method) {
    const auto& list = *metadata.token_auth_methods;
    return std::find(list.begin(), list.end(), method) != list.end();
  };
  if (offered("client_secret_basic")) return ClientAuthentication::Basic;
  if (offered("client_secret_post")) return ClientAuthentication::Post;
  std::string methods;
  for (const auto& method : *metadata.token_auth_methods) methods += (methods.empty() ? "" : ", ") + method;
  return fail({.category = Category::Misconfigured,
               .code = "client.auth_method",
               .message = "The provider takes no client secret; it offers: " + sanitise(methods, 200) + ".",
               .hint = "Register a public client, or one with client_secret_basic, and configure that.",
               .spec = "RFC 8414 §2"});
}

void authenticate(ClientAuthentication method, const OAuthConfig& config, SecretForm& form, HttpRequest& request) {
  switch (method) {
    case ClientAuthentication::None: form.add("client_id", config.client_id); return;
    case ClientAuthentication::Post:
      form.add("client_id", config.client_id).add("client_secret", config.client_secret->expose());
      return;
    case ClientAuthentication::Basic: {
      // RFC 6749 §2.3.1: each part is form-encoded before they are joined, else a colon or a percent sign breaks it.
      auto secret = codec::form_encode(config.client_secret->expose());
      auto pair = codec::form_encode(config.client_id) + ':' + secret;
      auto encoded = codec::base64_encode(pair);
      request.headers.emplace_back("Authorization", "Basic " + encoded);
      wipe(secret);
      wipe(pair);
      wipe(encoded);
      return;
    }
  }
}

}  // namespace mimir::oauth::internal
