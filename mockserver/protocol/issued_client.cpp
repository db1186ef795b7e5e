#include "protocol/issued_client.hpp"

#include "protocol/issue.hpp"

namespace mockoauth::server {

bool begins_everywhere(const Profile& profile, std::string_view client_id) {
  return profile.text("client.registration") == "authorize_callback" && !client_id.empty() &&
         profile.text("client.first_id") == client_id;
}

Checked<ClientRegistration> issue_client(Call& call, ClientRegistration client) {
  const auto id = mimir::codec::random_base64url(*call.realm.random, 16);
  auto token = mint(call);
  if (!id || !token) return refuse(Condition::ServerError, "there is no randomness");
  client.client_id = *id;
  if (!call.realm.dynamic_clients.add(*id, {std::move(*token), call.now})) {
    return refuse(Condition::RateLimited, "the realm has as many registered clients as it takes: " +
                  std::to_string(call.realm.dynamic_clients.capacity()), "RFC 7591 §5");
  }
  call.realm.registrations.add_client(client);
  call.issued("client", client.client_id);
  return client;
}

}  // namespace mockoauth::server
