#pragma once

#include <string>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/jwk.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Those that need a private key: what a shared secret signs proves nothing to others.
[[nodiscard]] const std::vector<mimir::codec::JwsAlgorithm>& request_object_algorithms();

/// The parameters of a signed request object (RFC 9101 §4, §6), verified with the client's registered keys. They stand
/// alone: nothing beside the object counts (§6.3). Numbers, objects and lists become their JSON text; a list in
/// `resource` becomes one parameter each.
[[nodiscard]] Checked<mimir::codec::Parameters> read_request_object(Call& call, const ClientRegistration& client,
                                                                    const std::string& jwt);

}  // namespace mockoauth::server
