// Authorization server metadata, RFC 8414, and OpenID Connect Discovery 1.0: the same facts at each place.
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/metadata.hpp"

namespace mockoauth::server {
namespace {

Outcome metadata(Call& call) {
  return HttpResponse{200, {{"Content-Type", "application/json"}}, metadata_of(call.realm).dump()};
}

bool serves_oauth(const Profile& profile) { return profile.lists("discovery.documents", "oauth-authorization-server"); }
bool serves_openid(const Profile& profile) { return profile.lists("discovery.documents", "openid-configuration"); }

}  // namespace

void register_metadata(Endpoints& endpoints) {
  endpoints.add({.name = "metadata",
                 .path = "/.well-known/oauth-authorization-server{issuer_path}",  // RFC 8414 §3.1: inserted
                 .methods = {"GET"},
                 .handle = metadata,
                 .served = serves_oauth});
  // OIDC Discovery §4 appends, RFC 8414 §5 lets newer clients insert.
  for (const char* path : {"{issuer_path}/.well-known/openid-configuration",
                           "/.well-known/openid-configuration{issuer_path}"}) {
    endpoints.add({.name = "metadata", .path = path, .methods = {"GET"}, .handle = metadata, .served = serves_openid});
  }
}

}  // namespace mockoauth::server
