// A client certificate whose subject is registered, RFC 8705 §2.1. The listener has verified its chain.
#include "protocol/binding.hpp"
#include "protocol/certificate.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

// §2.1.2: exactly one of these says what to look for in the certificate.
Checked<void> check_subject(const ClientRegistration& client, const Certificate& certificate) {
  if (!client.tls_client_auth_subject_dn.empty()) {
    if (normalized_dn(client.tls_client_auth_subject_dn) == certificate.subject_dn) return {};
    return refuse(Condition::ClientBadSecret, "the certificate's subject is not the registered one",
                  "RFC 8705 §2.1.2");
  }
  const std::pair<const char*, const std::vector<std::string>*> names[] = {
      {"tls_client_auth_san_dns", &certificate.dns_names},
      {"tls_client_auth_san_uri", &certificate.uris},
      {"tls_client_auth_san_ip", &certificate.ip_addresses},
      {"tls_client_auth_san_email", &certificate.emails}};
  for (const auto& [member, present] : names) {
    const auto wanted = client.metadata.string_at(member);
    if (!wanted) continue;
    if (contains(*present, *wanted)) return {};
    return refuse(Condition::ClientBadSecret, "the certificate has not the registered " + std::string(member),
                  "RFC 8705 §2.1.2");
  }
  return refuse(Condition::ClientBadSecret, "the client has registered no subject for its certificate",
                "RFC 8705 §2.1.2");
}

Checked<void> check_tls_client_auth(Call& call, const ClientRegistration& client, const Presented&) {
  const auto certificate = valid_certificate(call);
  if (!certificate) return tl::unexpected(certificate.error());
  return check_subject(client, *certificate);
}

bool is_served_tls_client_auth(const Profile& profile) { return profile.lists("extensions", "mtls"); }

}  // namespace

void register_tls_client_auth(ClientAuthMethods& methods) {
  methods.add({.name = "tls_client_auth", .check = check_tls_client_auth, .served = is_served_tls_client_auth});
}

}  // namespace mockoauth::server
