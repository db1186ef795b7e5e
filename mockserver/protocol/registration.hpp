#pragma once

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/dynamic_clients.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What RFC 7591 and RFC 7592 have in common.

/// The client metadata of the body (RFC 7591 §3.1): JSON, and an object.
[[nodiscard]] Checked<mimir::codec::Json> read_registration_body(const Call& call);

/// The client that this body describes, software statement included (RFC 7591 §2.3), without id and secret.
[[nodiscard]] Checked<ClientRegistration> described_client(const Call& call, const mimir::codec::Json& body);

/// Gives a client the secret that its method of authentication needs and that it has not yet, or takes away one that
/// it needs no longer.
[[nodiscard]] Checked<void> give_secret(Call& call, ClientRegistration& client);

/// The client information response (RFC 7591 §3.2.1, RFC 7592 §3): all that is registered, the credentials, and where
/// and by which token the registration is managed.
[[nodiscard]] mimir::codec::Json client_information(const RealmState& realm, const ClientRegistration& client,
                                                    const DynamicClient& dynamic);

}  // namespace mockoauth::server
