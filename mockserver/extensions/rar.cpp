// Rich authorization requests, RFC 9396 §10.
#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void describe_rar(const RealmState& realm, Json& document) {
  std::vector<std::string> types;
  for (const auto& type : realm.options.authorization_details_types) types.push_back(type.type);
  set_list(document, "authorization_details_types_supported", types);
}

}  // namespace

void register_rar(Extensions& extensions) { extensions.add({.name = "rar", .describe = describe_rar}); }

}  // namespace mockoauth::server
