#include "protocol/metadata.hpp"

#include "protocol/registries.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

bool is_hidden(const Profile& profile, const Endpoint& endpoint) {
  return (endpoint.name == "userinfo" && profile.lists("discovery.quirks", "no_userinfo")) ||
         (endpoint.name == "revoke" && profile.lists("discovery.quirks", "no_revocation")) ||
         (endpoint.name == "device_authorization" && profile.lists("discovery.quirks", "no_device"));
}

}  // namespace

void set_list(Json& document, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  Json list = Json::array();
  for (const auto& value : values) list.push_back(Json(value));
  document.set(name, std::move(list));
}

Json metadata_of(const RealmState& realm) {
  const auto& profile = realm.profile();
  Json document = Json::object({{"issuer", Json(realm.issuer)}});
  for (const auto& route : realm.routes.served()) {
    const auto& endpoint = *route.endpoint;
    if (is_hidden(profile, endpoint)) continue;
    if (!endpoint.member.empty()) document.set(endpoint.member, Json(realm.url_of(route)));
    if (endpoint.describe != nullptr) endpoint.describe(realm, document);
  }
  for (const auto& extension : registries().extensions.all()) {
    const bool offered = extension.offered != nullptr ? extension.offered(realm) : realm.offers(extension.name);
    if (offered && extension.describe != nullptr) extension.describe(realm, document);
  }
  return document;
}

}  // namespace mockoauth::server
