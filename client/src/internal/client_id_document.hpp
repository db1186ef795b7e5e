#pragma once

#include <string>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// Whether a client id is the address of a document about the client, which a server fetches that knows nothing else of it
/// (draft-ietf-oauth-client-id-metadata-document).
[[nodiscard]] bool is_client_id_document(const std::string& client_id);

/// What such a client id must look like (its draft §3), and that no secret goes with it (§4.1): what everybody can read has
/// none. `config.client_id_document` (Misconfigured).
Result<> check_client_id_document(const OAuthConfig& config);

}  // namespace mimir::oauth::internal
