// What a client has to know of a protected resource: RFC 9728.
#include "protocol/answers.hpp"
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/metadata.hpp"
#include "protocol/protected_resources.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Outcome protected_resource_metadata(Call& call) {
  const auto& realm = call.realm;
  const auto path = call.request.path().substr(kResourceMetadataPath.size());
  const ProtectedResource* resource = find_protected_resource(realm, path);
  if (resource == nullptr || (!resource->is_separate && path != kResourcePath)) {
    call.exchange.error = "not_found";
    call.exchange.reason = "there is no resource with this identifier";
    return json_answer(404, Json::object({{"error", "not_found"}, {"error_description", Json(call.exchange.reason)}}));
  }
  Json document = Json::object({{"resource", Json(identifier_of(realm, *resource))}});  // RFC 9728 §3.3: identical
  set_list(document, "authorization_servers", {realm.issuer});
  set_list(document, "bearer_methods_supported", {"header"});
  set_list(document, "scopes_supported", scopes_of(realm, *resource));
  describe_resource(realm, document);
  return HttpResponse{200, {{"Content-Type", "application/json"}}, document.dump()};
}

bool is_served(const Profile& profile) { return profile.lists("extensions", "protected_resource_metadata"); }

// RFC 9728 §4
void describe(const RealmState& realm, Json& document) {
  set_list(document, "protected_resources", resource_identifiers(realm));
}

}  // namespace

void register_protected_resource_metadata(Endpoints& endpoints) {
  endpoints.add({.name = "protected_resource_metadata",
                 .origin_role = "api",
                 .path = std::string(kResourceMetadataPath),
                 .methods = {"GET"},
                 .handle = protected_resource_metadata,
                 .served = is_served,
                 .describe = describe,
                 .below = true});
}

}  // namespace mockoauth::server
