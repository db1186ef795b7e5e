#include "protocol/protected_resources.hpp"

#include <algorithm>

#include "protocol/metadata.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

const ProtectedResource* find_protected_resource(const RealmState& realm, std::string_view path) {
  const auto& all = realm.options.protected_resources;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& resource) { return resource.path == path; });
  return found == all.end() ? nullptr : &*found;
}

std::string identifier_of(const RealmState& realm, const ProtectedResource& resource) {
  const auto own = realm.url_of("resource");
  return resource.is_separate ? own + resource.path.substr(std::min(kResourcePath.size(), resource.path.size())) : own;
}

std::vector<std::string> resource_identifiers(const RealmState& realm) {
  std::vector<std::string> identifiers;
  for (const auto& resource : realm.options.protected_resources) {
    auto identifier = identifier_of(realm, resource);
    if (!contains(identifiers, identifier)) identifiers.push_back(std::move(identifier));
  }
  return identifiers;
}

std::vector<std::string> scopes_of(const RealmState& realm, const ProtectedResource& resource) {
  std::vector<std::string> scopes;
  for (const auto& other : realm.options.protected_resources) {
    if (identifier_of(realm, other) != identifier_of(realm, resource)) continue;
    for (const auto& scope : other.scopes) {
      if (!contains(scopes, scope)) scopes.push_back(scope);
    }
  }
  return scopes;
}

AccessPolicy policy_of(const RealmState& realm, const ProtectedResource& resource) {
  return {resource.scopes, identifier_of(realm, resource), resource.acr_values, resource.max_age,
          realm.profile().list("api.auth")};
}

void describe_resource(const RealmState& realm, Json& document) {
  // The extensions say of the realm's resources what they say of the server, under the same names.
  const Json server = metadata_of(realm);
  for (const char* name : {"dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens",
                           "authorization_details_types_supported"}) {
    if (const Json* value = server.find(name)) document.set(name, *value);
  }
}

std::string resource_metadata_url(const RealmState& realm, std::string_view identifier) {
  if (realm.routes.route_of("protected_resource_metadata") == nullptr) return {};
  const auto host = identifier.find("://");
  const auto slash = host == std::string_view::npos ? host : identifier.find('/', host + 3);
  if (slash == std::string_view::npos) return {};
  return std::string(identifier.substr(0, slash)) + std::string(kResourceMetadataPath) +
         std::string(identifier.substr(slash));
}

}  // namespace mockoauth::server
