// A JWT signed with the client's own key, RFC 7523 §2.2 and OIDC Core §9.
#include "protocol/assertion.hpp"
#include "protocol/client_assertion.hpp"

namespace mockoauth::server {
namespace {

bool is_used_private_key_jwt(const Call& call) { return has_client_assertion(call) && !has_symmetric_assertion(call); }

Checked<void> check_private_key_jwt(Call& call, const ClientRegistration& client, const Presented&) {
  const auto keys = client_keys(call, client, Condition::ClientBadSecret);
  if (!keys) return tl::unexpected(keys.error());
  return check_client_assertion(call, client, *keys, asymmetric_algorithms());
}

}  // namespace

void register_private_key_jwt(ClientAuthMethods& methods) {
  methods.add({.name = "private_key_jwt",
               .is_used = is_used_private_key_jwt,
               .read = read_client_assertion,
               .check = check_private_key_jwt});
}

}  // namespace mockoauth::server
