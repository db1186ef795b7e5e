#pragma once

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include "protocol/registrations.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// Which client sends this, proven as far as it can prove it (RFC 6749 §2.3): client_secret_basic, client_secret_post
/// or none, as the knobs `client.auth`, `client.public_secret`, `client.two_methods` and `client.types` allow.
[[nodiscard]] Checked<ClientRegistration> authenticate_client(Call& call);

/// client_id as the request claims it, from the body, the query or a Basic header; empty when there is none. For
/// addressing faults and for the journal; proves nothing.
[[nodiscard]] std::string claimed_client_id(const Call& call);

/// Methods of the knob `client.auth` that this program knows, for the metadata.
[[nodiscard]] std::vector<std::string> client_auth_methods(const Profile& profile);

}  // namespace mockoauth::server
