// The published keys, RFC 7517 §5.
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/keys.hpp"

namespace mockoauth::server {
namespace {

Outcome jwks(Call&) {
  return HttpResponse{200, {{"Content-Type", "application/json"}}, signing_keys().public_jwks().dump()};
}

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

}  // namespace

void register_jwks(Endpoints& endpoints) {
  endpoints.add({.name = "jwks", .member = "jwks_uri", .role = "jwks", .path = "/jwks", .methods = {"GET"},
                 .handle = jwks,
                 .served = is_served});
}

}  // namespace mockoauth::server
