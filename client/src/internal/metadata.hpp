#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// What an authorization server says about itself (RFC 8414 §2), as far as this client uses it. Every member has been
/// checked for its type; which ones are needed is decided by the step that needs them.
struct Metadata {
  std::string issuer = {};
  Endpoints endpoints = {};
  std::optional<std::vector<std::string>> token_auth_methods = {};
  std::optional<std::vector<std::string>> response_types = {};
  std::optional<std::vector<std::string>> grant_types = {};
  std::optional<std::vector<std::string>> id_token_algorithms = {};
  std::optional<std::vector<std::string>> token_auth_algorithms = {};  ///< For client assertions (RFC 8414 §2).
  std::optional<std::vector<std::string>> dpop_algorithms = {};        ///< RFC 9449 §5.1.
  bool requires_pushed_requests = false;  ///< require_pushed_authorization_requests, RFC 9126 §5.
  bool takes_client_id_documents = false; ///< client_id_metadata_document_supported, its draft §5.
  bool promises_iss = false;  ///< authorization_response_iss_parameter_supported, RFC 9207 §3.
};

/// Reads a metadata document. Unknown members are ignored (RFC 8414 §3.2), null counts as absent, a known member of the
/// wrong type is an error that names it. `issuer` must equal the expected one byte for byte (RFC 8414 §3.3).
Result<Metadata> parse_metadata(const codec::Json& document, const std::string& expected_issuer);

/// Whether a list of a metadata document names a value.
[[nodiscard]] inline bool lists(const std::vector<std::string>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

/// Fails when the server offers no authorization code flow at all (RFC 8414 §2).
Result<> require_code_flow(const Metadata& metadata);

}  // namespace mimir::oauth::internal
