// OpenID Connect, as the metadata tells of it: OpenID Connect Discovery 1.0 §3.
#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

bool is_offered_openid(const RealmState& realm) {
  const auto rule = realm.profile().text("id_token.issue");
  return rule == "always" || (rule == "openid_scope" && contains(realm.options.scopes, "openid"));
}

void describe_openid(const RealmState& realm, Json& document) {
  set_list(document, "subject_types_supported", {"public"});
  set_list(document, "id_token_signing_alg_values_supported", {realm.profile().text("id_token.alg")});
  set_list(document, "claims_supported",
           {"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "email", "email_verified"});
  // Left out, it would mean true.
  document.set("request_uri_parameter_supported", Json(false));
}

}  // namespace

void register_openid(Extensions& extensions) {
  extensions.add({.name = "openid", .offered = is_offered_openid, .describe = describe_openid});
}

}  // namespace mockoauth::server
