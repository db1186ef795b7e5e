#pragma once

#include <internal/context.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// Asks the provider for a registration as it is there now (RFC 7592 §2.1), with what it has replaced meanwhile.
Result<StoredLogin> read_registration(const StoredLogin& record, const OAuthConfig& config, const Context& context);

/// Asks the provider to change a registration to what a configuration wants now (RFC 7592 §2.2): everything it gave back
/// comes again, with client id and secret, and without what only the server says.
/// @returns the record to keep in place of the old one, whose tokens may be void already.
Result<StoredLogin> update_registration(const StoredLogin& record, const OAuthConfig& config, const Context& context);

}  // namespace mimir::oauth::internal
