#include "protocol/binding.hpp"

#include "protocol/dpop.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

Checked<Certificate> valid_certificate(const Call& call) {
  const auto& der = call.request.client_certificate;
  if (der.empty()) {
    return refuse(Condition::ClientBadSecret, "the client sent no certificate in the TLS handshake", "RFC 8705 §2");
  }
  auto certificate = Certificate::parse(der);
  if (!certificate) return refuse(Condition::ClientBadSecret, "the client certificate cannot be read", "RFC 8705 §2");
  if (call.now < certificate->not_before || call.now > certificate->not_after) {
    return refuse(Condition::ClientBadSecret, "the client certificate is not valid at this time", "RFC 5280 §4.1.2.5");
  }
  return std::move(*certificate);
}

Checked<Binding> binding_for(const Call& call, const ClientRegistration& client,
                             const std::optional<std::string>& jkt) {
  Binding binding;
  binding.jkt = jkt.value_or("");
  if (client.dpop_bound_access_tokens && call.realm.offers("dpop") && !jkt) {
    return refuse(Condition::DpopProofInvalid, "the client is registered for DPoP and sent no proof", "RFC 9449 §5.2");
  }
  if (client.tls_client_certificate_bound_access_tokens && call.realm.offers("mtls")) {
    if (call.request.client_certificate.empty()) {
      return refuse(Condition::ParamInvalid, "the client is registered for certificate-bound tokens and sent no "
                    "certificate", "RFC 8705 §3.4");
    }
    binding.x5t_s256 = certificate_thumbprint(call.request.client_certificate);
  }
  return binding;
}

Checked<void> check_held(const Call& call, const Binding& bound, Condition refused_as, std::string_view what) {
  if (!bound.jkt.empty() && bound.jkt != call.binding.jkt) {
    return refuse(refused_as, std::string(what) + " is bound to another DPoP key than the proof's",
                  refused_as == Condition::CodeUnknown ? "RFC 9449 §10" : "RFC 9449 §5");
  }
  if (!bound.x5t_s256.empty() && (call.request.client_certificate.empty() ||
                                  certificate_thumbprint(call.request.client_certificate) != bound.x5t_s256)) {
    return refuse(refused_as, std::string(what) + " is bound to another client certificate", "RFC 8705 §4");
  }
  return {};
}

Binding refresh_binding(const Call& call, const ClientRegistration& client) {
  return is_public(client) ? call.binding : Binding{};
}

Checked<void> check_presentation(Call& call, bool by_dpop_scheme, std::string_view access_token,
                                 const Binding& bound) {
  if (!by_dpop_scheme && !bound.jkt.empty()) {
    return refuse(Condition::TokenInvalid, "the access token is bound to a DPoP key and was sent as a bearer token",
                  "RFC 9449 §7.2");
  }
  if (by_dpop_scheme) {
    if (bound.jkt.empty()) {
      return refuse(Condition::TokenInvalid, "the access token is not bound to a DPoP key", "RFC 9449 §7.1");
    }
    const auto jkt = dpop_thumbprint(call, access_token);
    if (!jkt) return tl::unexpected(jkt.error());
    if (!*jkt) return refuse(Condition::DpopProofInvalid, "there is no DPoP proof", "RFC 9449 §7.1");
    if (**jkt != bound.jkt) {
      return refuse(Condition::TokenInvalid, "the access token is bound to another key than the proof's",
                    "RFC 9449 §7.1");
    }
  }
  if (!bound.x5t_s256.empty() && (call.request.client_certificate.empty() ||
                                  certificate_thumbprint(call.request.client_certificate) != bound.x5t_s256)) {
    return refuse(Condition::TokenInvalid, "the access token is bound to another client certificate", "RFC 8705 §3");
  }
  return {};
}

Json confirmation(const Binding& binding) {
  Json cnf;
  if (!binding.jkt.empty()) cnf.set("jkt", Json(binding.jkt));
  if (!binding.x5t_s256.empty()) cnf.set("x5t#S256", Json(binding.x5t_s256));
  return cnf;
}

}  // namespace mockoauth::server
