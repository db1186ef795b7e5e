#pragma once

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// Where client metadata comes from decides what may be in it.
enum class MetadataSource {
  Registration,  ///< Sent to the registration endpoint, where the client gets a secret if it needs one (RFC 7591 §3).
  Document,      ///< Published by the client; no secret can be agreed on (client-id-metadata-document-02 §4.1).
};

/// Judges client metadata (RFC 7591 §2) by what this realm offers: types, URLs, keys, and that grant types, response
/// types and client authentication fit together. Members that are not known are left out (§2), null counts as left out
/// (RFC 7592 §2.2), and what the client left to the server is filled in.
/// @returns the client without id and secret; its `metadata` is everything that is registered now, in the words of the
/// RFC. Else `registration_redirect_invalid` or `registration_metadata_invalid`.
[[nodiscard]] Checked<ClientRegistration> read_client_metadata(const Call& call, const mimir::codec::Json& sent,
                                                               MetadataSource source);

/// Whether the client's method of authentication needs a secret that both sides know.
[[nodiscard]] bool needs_secret(const ClientRegistration& client);

}  // namespace mockoauth::server
