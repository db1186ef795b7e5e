#pragma once

#include <internal/oauth_failure.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// Reads what a registration endpoint answered (RFC 7591 §3.2, RFC 7592 §3): the record to keep, with client id, secret,
/// method and redirect URIs as the server has set them, whatever was asked for. Fails where that cannot be used:
/// `registration.auth_method`, `registration.redirect_uris`, `registration.grant_types`; `registration.denied` when the
/// server lets only some register.
/// @param config  for whom it is; @param before  the registration that was read or updated, null for a new one.
Result<StoredLogin> validate_registration_response(const HttpResponse& response, const AnswerSource& source,
                                                   const OAuthConfig& config, const StoredLogin* before);

}  // namespace mimir::oauth::internal
