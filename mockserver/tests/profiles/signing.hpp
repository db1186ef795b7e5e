#pragma once

#include "tests/profiles/profile_client.hpp"

namespace mockoauth::server::testing {

/// Client credentials by client_secret_jwt (RFC 7523 §2.2), the assertion meant for the issuer or for the token endpoint.
HttpResponse by_assertion(ProfileClient& client, bool for_issuer);

/// A login whose token request carries a DPoP proof without a nonce (RFC 9449 §4.2).
HttpResponse with_proof(ProfileClient& client);

}  // namespace mockoauth::server::testing
