// The published keys, RFC 7517 §5.
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"

namespace mockoauth::server {
namespace {

Outcome jwks(Call& call) {
  // Shorter than a key stays published after a rotation, so that nobody's copy is out of date (OIDC Core §10.1.1).
  return HttpResponse{200, {{"Content-Type", "application/json"}, {"Cache-Control", "public, max-age=3600"}},
                      call.realm.keys.jwks(call.now)};
}

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

}  // namespace

void register_jwks(Endpoints& endpoints) {
  endpoints.add({.name = "jwks", .member = "jwks_uri", .role = "jwks", .path = "/jwks", .methods = {"GET"},
                 .handle = jwks,
                 .served = is_served});
}

}  // namespace mockoauth::server
