// Signed authorization responses: JWT Secured Authorization Response Mode (JARM).
#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void describe_jarm(const RealmState& realm, Json& document) {
  set_list(document, "authorization_signing_alg_values_supported", {realm.profile().text("id_token.alg")});
}

}  // namespace

void register_jarm(Extensions& extensions) { extensions.add({.name = "jarm", .describe = describe_jarm}); }

}  // namespace mockoauth::server
