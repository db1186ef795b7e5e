#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>

#include "protocol/bearer.hpp"
#include "protocol/realm_state.hpp"

namespace mockoauth::server {

/// Where the realm's own resource is; all others are below.
inline constexpr std::string_view kResourcePath = "/resource";

/// RFC 9728 §3: the path of the resource follows it.
inline constexpr std::string_view kResourceMetadataPath = "/.well-known/oauth-protected-resource";

/// What the realm protects at this path, or nullptr.
[[nodiscard]] const ProtectedResource* find_protected_resource(const RealmState& realm, std::string_view path);

/// The resource identifier it goes by (RFC 8707 §2, RFC 9728 §1.2): its own URL, or that of `/resource`.
[[nodiscard]] std::string identifier_of(const RealmState& realm, const ProtectedResource& resource);

/// All identifiers of the realm, each once.
[[nodiscard]] std::vector<std::string> resource_identifiers(const RealmState& realm);

/// Scopes that anything under the same identifier may need.
[[nodiscard]] std::vector<std::string> scopes_of(const RealmState& realm, const ProtectedResource& resource);

[[nodiscard]] AccessPolicy policy_of(const RealmState& realm, const ProtectedResource& resource);

/// What the extensions of the realm mean for a resource (RFC 9728 §2).
void describe_resource(const RealmState& realm, mimir::codec::Json& document);

/// Where the metadata of this resource is (RFC 9728 §3.1); empty where the realm has none.
[[nodiscard]] std::string resource_metadata_url(const RealmState& realm, std::string_view identifier);

}  // namespace mockoauth::server
