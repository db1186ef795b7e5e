// client_id and client_secret in the body, RFC 6749 §2.3.1.
#include <mimir/codec/digest.hpp>

#include "protocol/client_auth.hpp"

namespace mockoauth::server {
namespace {

bool is_used_client_secret_post(const Call& call) { return value_of(call.form, "client_secret").has_value(); }

Checked<Presented> read_client_secret_post(const Call& call) {
  return Presented{value_of(call.form, "client_id").value_or(""), value_of(call.form, "client_secret").value_or("")};
}

Checked<void> check_client_secret_post(Call&, const ClientRegistration& client, const Presented& presented) {
  if (mimir::codec::constant_time_equal(presented.secret, client.client_secret)) return {};
  return refuse(Condition::ClientBadSecret, "the client secret is wrong");
}

}  // namespace

void register_client_secret_post(ClientAuthMethods& methods) {
  methods.add({.name = "client_secret_post",
               .is_used = is_used_client_secret_post,
               .read = read_client_secret_post,
               .check = check_client_secret_post,
               .proves_secret = true});
}

}  // namespace mockoauth::server
