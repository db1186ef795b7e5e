// A client certificate that is registered itself, RFC 8705 §2.2: no authority vouches for it.
#include <mimir/codec/base64url.hpp>

#include "protocol/binding.hpp"
#include "protocol/certificate.hpp"
#include "protocol/client_auth.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Key;

// §2.2.2: the certificate in `x5c`; a key without one stands for every certificate made for it.
bool is_registered(const Json& jwk, std::string_view der, const Certificate& certificate) {
  if (const Json* first = jwk.at_pointer("/x5c/0")) {
    const auto bytes = first->as_string() == nullptr ? mimir::codec::base64_decode("!")
                                                     : mimir::codec::base64_decode(*first->as_string());
    return bytes && *bytes == der;
  }
  const auto key = Key::from_jwk(jwk);
  if (!key || !certificate.key) return false;
  const auto registered = key->thumbprint();
  const auto shown = certificate.key->thumbprint();
  return registered && shown && *registered == *shown;
}

Checked<void> check_self_signed_tls_client_auth(Call& call, const ClientRegistration& client, const Presented&) {
  const auto certificate = valid_certificate(call);
  if (!certificate) return tl::unexpected(certificate.error());
  const auto jwks = client_jwks(call, client, Condition::ClientBadSecret);
  if (!jwks) return tl::unexpected(jwks.error());
  if (const Json* keys = jwks->find("keys"); keys != nullptr && keys->is_array()) {
    for (const auto& jwk : *keys->as_array()) {
      if (is_registered(jwk, call.request.client_certificate, *certificate)) return {};
    }
  }
  return refuse(Condition::ClientBadSecret, "the certificate is not one that the client has registered",
                "RFC 8705 §2.2");
}

bool is_served_self_signed_tls_client_auth(const Profile& profile) { return profile.lists("extensions", "mtls"); }

}  // namespace

void register_self_signed_tls_client_auth(ClientAuthMethods& methods) {
  methods.add({.name = "self_signed_tls_client_auth",
               .check = check_self_signed_tls_client_auth,
               .served = is_served_self_signed_tls_client_auth});
}

}  // namespace mockoauth::server
