// Dynamic client registration, RFC 7591. How a registration is managed afterwards is in registration.cpp.
#include "protocol/answers.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/registration.hpp"

namespace mockoauth::server {
namespace {

Outcome register_client(Call& call) {
  const auto body = read_registration_body(call);
  if (!body) return tl::unexpected(body.error());
  auto client = described_client(call, *body);
  if (!client) return tl::unexpected(client.error());
  const auto id = mimir::codec::random_base64url(*call.realm.random, 16);
  auto token = mint(call);
  if (!id || !token) return refuse(Condition::ServerError, "there is no randomness");
  client->client_id = *id;
  if (auto given = give_secret(call, *client); !given) return tl::unexpected(given.error());
  const DynamicClient dynamic{std::move(*token), call.now};
  if (!call.realm.dynamic_clients.add(*id, dynamic)) {
    // RFC 7591 §5: whoever may be registered by anybody has to bound it.
    return refuse(Condition::RateLimited, "the realm has as many registered clients as it takes: " +
                  std::to_string(call.realm.dynamic_clients.capacity()), "RFC 7591 §5");
  }
  call.realm.registrations.add_client(*client);
  call.exchange.client_id = *id;
  return json_answer(201, client_information(call.realm, *client, dynamic));
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("client.registration") == "rfc7591";
}

}  // namespace

void register_register(Endpoints& endpoints) {
  endpoints.add({.name = "register",
                 .member = "registration_endpoint",
                 .role = "registration",
                 .path = "/register",
                 .methods = {"POST"},
                 .handle = register_client,
                 .served = is_served});
}

}  // namespace mockoauth::server
