#pragma once

#include <string_view>

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/certificate.hpp"
#include "protocol/refusal.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// The certificate of the connection, readable and within its days (RFC 8705 §2), or `client_bad_secret`.
[[nodiscard]] Checked<Certificate> valid_certificate(const Call& call);

/// What tokens for this client are to be bound to: the certificate, where the client is registered for it (RFC 8705
/// §3.4). Refused when the registration demands a certificate or a proof (RFC 9449 §5.2) and there is none.
/// @param jkt of the proof that came along, if any.
[[nodiscard]] Checked<Binding> binding_for(const Call& call, const ClientRegistration& client,
                                           const std::optional<std::string>& jkt);

/// Whether the sender of a refresh token or a code holds what it is bound to (RFC 9449 §5, §10; RFC 8705 §4).
[[nodiscard]] Checked<void> check_held(const Call& call, const Binding& bound, Condition refused_as,
                                       std::string_view what);

/// What refresh tokens of this client are bound to: those of public clients only, others are bound to the client's
/// credentials (RFC 9449 §5, RFC 8705 §4).
[[nodiscard]] Binding refresh_binding(const Call& call, const ClientRegistration& client);

/// Judges the use of an access token at a resource: scheme and proof fit what it is bound to (RFC 9449 §7.1, §7.2,
/// RFC 8705 §3).
[[nodiscard]] Checked<void> check_presentation(Call& call, bool by_dpop_scheme, std::string_view access_token,
                                               const Binding& bound);

/// The claim `cnf` (RFC 7800 §3.1); null for a bearer token.
[[nodiscard]] mimir::codec::Json confirmation(const Binding& binding);

}  // namespace mockoauth::server
