// A JWT signed with the client secret, RFC 7523 §2.2 and OIDC Core §9.
#include "protocol/assertion.hpp"
#include "protocol/client_assertion.hpp"

namespace mockoauth::server {
namespace {

bool is_used_client_secret_jwt(const Call& call) { return has_client_assertion(call) && has_symmetric_assertion(call); }

Checked<void> check_client_secret_jwt(Call& call, const ClientRegistration& client, const Presented&) {
  const auto key = mimir::codec::Key::from_secret(client.client_secret);
  if (!key) return refuse(Condition::ClientBadSecret, "the client has no secret to verify its assertion with");
  mimir::codec::KeySet keys;
  keys.keys.push_back(*key);
  return check_client_assertion(call, client, keys, symmetric_algorithms());
}

}  // namespace

void register_client_secret_jwt(ClientAuthMethods& methods) {
  methods.add({.name = "client_secret_jwt",
               .is_used = is_used_client_secret_jwt,
               .read = read_client_assertion,
               .check = check_client_secret_jwt,
               .proves_secret = true});
}

}  // namespace mockoauth::server
