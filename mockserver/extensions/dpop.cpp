// Demonstrating proof of possession, RFC 9449.
#include "protocol/dpop.hpp"

#include "protocol/extension.hpp"
#include "protocol/metadata.hpp"
#include "protocol/assertion.hpp"

namespace mockoauth::server {
namespace {

// §5.1: asymmetric algorithms only.
void describe_dpop(const RealmState&, mimir::codec::Json& document) {
  std::vector<std::string> names;
  for (const auto algorithm : asymmetric_algorithms()) names.emplace_back(mimir::codec::to_string(algorithm));
  set_list(document, "dpop_signing_alg_values_supported", names);
}

}  // namespace

void register_dpop(Extensions& extensions) { extensions.add({.name = "dpop", .describe = describe_dpop}); }

}  // namespace mockoauth::server
