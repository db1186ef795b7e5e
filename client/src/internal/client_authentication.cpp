#include <internal/client_authentication.hpp>

#include <algorithm>
#include <array>

#include <internal/sanitise.hpp>
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {
namespace {

using Method = ClientAuthentication::Method;
using codec::JwsAlgorithm;

constexpr std::array kPreferred{JwsAlgorithm::ES256, JwsAlgorithm::EdDSA, JwsAlgorithm::PS256, JwsAlgorithm::RS256,
                                JwsAlgorithm::ES384, JwsAlgorithm::ES512, JwsAlgorithm::PS384, JwsAlgorithm::PS512,
                                JwsAlgorithm::RS384, JwsAlgorithm::RS512};

bool holds(const std::optional<Secret>& secret) { return secret && !secret->empty(); }

std::string readable_list(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return sanitise(text, 200);
}

Error no_method(std::string what, std::string hint) {
  return {.category = Category::Misconfigured,
          .code = "client.auth_method",
          .message = std::move(what),
          .hint = std::move(hint),
          .spec = "RFC 8414 §2"};
}

Result<ClientAuthentication> choose_algorithm(const OAuthConfig& config, const Metadata& metadata) {
  const auto key = codec::Key::from_pem(config.client_key->expose());
  if (!key || !key->is_private()) {
    return fail({.category = Category::Misconfigured,
                 .code = "client.key",
                 .message = "The client's private key cannot be read.",
                 .hint = "Configure the PEM private key whose public part is registered with the provider.",
                 .spec = "RFC 7523 §3"});
  }
  for (const auto algorithm : kPreferred) {
    const auto& offered = metadata.token_auth_algorithms;
    if (key->fits(algorithm) && (!offered || lists(*offered, codec::to_string(algorithm)))) {
      return ClientAuthentication{Method::PrivateKeyJwt, algorithm};
    }
  }
  return fail(no_method("The provider takes no assertion by a key of this type; it offers: " +
                            readable_list(metadata.token_auth_algorithms.value_or(std::vector<std::string>())) + ".",
                        "Register a key of a type that the provider lists."));
}

/// What was agreed with this client (RFC 7591 §2) goes before what the server offers in general.
Result<ClientAuthentication> registered_method(const OAuthConfig& config, const Metadata& metadata) {
  const auto& name = config.token_endpoint_auth_method;
  if (name == "none") return ClientAuthentication{};
  if (name == "private_key_jwt" && holds(config.client_key)) return choose_algorithm(config, metadata);
  if (name == "client_secret_basic" && holds(config.client_secret)) return ClientAuthentication{Method::Basic};
  if (name == "client_secret_post" && holds(config.client_secret)) return ClientAuthentication{Method::Post};
  return fail(no_method("This client is registered for \"" + sanitise(name, 64) +
                            "\", which this program does not speak or has no credential for.",
                        "Register it with another method, or configure its credential."));
}

}  // namespace

Result<ClientAuthentication> choose_client_authentication(const OAuthConfig& config, const Metadata& metadata) {
  if (!config.token_endpoint_auth_method.empty()) return registered_method(config, metadata);
  const auto& offered = metadata.token_auth_methods;
  if (holds(config.client_key)) {
    if (!offered || lists(*offered, "private_key_jwt")) return choose_algorithm(config, metadata);
    return fail(no_method("The provider takes no private_key_jwt; it offers: " + readable_list(*offered) + ".",
                          "Register the client with a method that the provider lists."));
  }
  const auto& by_dialect = config.dialect.client_secret_method;
  if (!holds(config.client_secret)) return ClientAuthentication{};
  if (by_dialect == "client_secret_post") return ClientAuthentication{Method::Post};
  if (by_dialect == "client_secret_basic") return ClientAuthentication{Method::Basic};
  if (!offered || lists(*offered, "client_secret_basic")) return ClientAuthentication{Method::Basic};
  if (lists(*offered, "client_secret_post")) return ClientAuthentication{Method::Post};
  return fail(no_method("The provider takes no client secret; it offers: " + readable_list(*offered) + ".",
                        "Register a public client, or one with client_secret_basic, and configure that."));
}

Result<> authenticate(const ClientAuthentication& chosen, const OAuthConfig& config, SecretForm& form,
                      HttpRequest& request, const Context& context) {
  switch (chosen.method) {
    case Method::None: form.add("client_id", config.client_id); return {};
    case Method::Post:
      form.add("client_id", config.client_id).add("client_secret", config.client_secret->expose());
      return {};
    case Method::PrivateKeyJwt: {
      const auto assertion = client_assertion(config, *chosen.algorithm, context.now(), context.seams.random);
      if (!assertion) return fail(assertion.error());
      form.add("client_id", config.client_id)
          .add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          .add("client_assertion", assertion->expose());
      return {};
    }
    case Method::Basic: {
      // RFC 6749 §2.3.1: each part is form-encoded before they are joined, else a colon or a percent sign breaks it.
      auto secret = codec::form_encode(config.client_secret->expose());
      auto pair = codec::form_encode(config.client_id) + ':' + secret;
      auto encoded = codec::base64_encode(pair);
      request.headers.emplace_back("Authorization", "Basic " + encoded);
      wipe(secret);
      wipe(pair);
      wipe(encoded);
      return {};
    }
  }
  return {};
}

}  // namespace mimir::oauth::internal
