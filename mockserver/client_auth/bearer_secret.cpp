// The client secret as a Bearer credential, as some providers take it. No RFC has it: lax by the knob `client.auth`.
#include <mimir/codec/digest.hpp>

#include "protocol/client_auth.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr std::string_view kScheme = "Bearer ";

bool is_used_bearer_secret(const Call& call) {
  const auto header = call.request.header("Authorization");
  return header && equal_ignoring_case(std::string_view(*header).substr(0, kScheme.size()), kScheme);
}

// The secret alone says who asks; a client_id beside it must agree.
Checked<Presented> read_bearer_secret(const Call& call) {
  const auto header = call.request.header("Authorization").value_or("");
  Presented presented{{}, std::string(trim(std::string_view(header).substr(kScheme.size())))};
  if (const auto owner = call.realm.registrations.find_client_by_secret(presented.secret)) {
    presented.client_id = owner->client_id;
  }
  return presented;
}

Checked<void> check_bearer_secret(Call&, const ClientRegistration& client, const Presented& presented) {
  if (mimir::codec::constant_time_equal(presented.secret, client.client_secret)) return {};
  return refuse(Condition::ClientBadSecret, "the client secret is wrong");
}

}  // namespace

void register_bearer_secret(ClientAuthMethods& methods) {
  methods.add({.name = "bearer_secret",
               .scheme = "Bearer",
               .is_used = is_used_bearer_secret,
               .read = read_bearer_secret,
               .check = check_bearer_secret,
               .proves_secret = true});
}

}  // namespace mockoauth::server
