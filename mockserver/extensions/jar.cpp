// Signed request objects, RFC 9101.
#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"
#include "protocol/request_object.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void describe_jar(const RealmState&, Json& document) {
  document.set("request_parameter_supported", Json(true));
  std::vector<std::string> algorithms;
  for (const auto algorithm : request_object_algorithms()) algorithms.emplace_back(mimir::codec::to_string(algorithm));
  set_list(document, "request_object_signing_alg_values_supported", algorithms);
}

}  // namespace

void register_jar(Extensions& extensions) { extensions.add({.name = "jar", .describe = describe_jar}); }

}  // namespace mockoauth::server
