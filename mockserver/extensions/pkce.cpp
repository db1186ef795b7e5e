// Proof key for code exchange, RFC 7636, as the metadata tells of it.
#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

bool is_offered_pkce(const RealmState& realm) {
  const auto& profile = realm.profile();
  return profile.text("pkce.mode") != "ignored" && !profile.lists("discovery.quirks", "no_pkce_methods");
}

void describe_pkce(const RealmState& realm, Json& document) {
  set_list(document, "code_challenge_methods_supported", realm.profile().list("pkce.methods"));
}

}  // namespace

void register_pkce(Extensions& extensions) {
  extensions.add({.name = "pkce", .offered = is_offered_pkce, .describe = describe_pkce});
}

}  // namespace mockoauth::server
