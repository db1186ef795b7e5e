#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/pkce.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// An authorization request that was found to be right (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).
struct AuthorizationRequest {
  ClientRegistration client = {};
  mimir::codec::Parameters parameters = {};
  std::string redirect_uri = {};
  bool redirect_uri_was_sent = true;
  std::vector<std::string> response_types = {};  ///< The words of response_type.
  std::vector<std::string> scopes = {};
  std::vector<std::string> resources = {};       ///< RFC 8707
  mimir::codec::Json authorization_details = {};  ///< RFC 9396; null: none.
  mimir::codec::Json claims = {};                 ///< OIDC Core §5.5; null: none.
  std::vector<std::string> prompt = {};
  std::vector<std::string> acr_values = {};
  std::optional<std::chrono::seconds> max_age = {};
  std::string nonce = {};
  std::string dpop_jkt = {};    ///< Key that the code is to be bound to (RFC 9449 §10); empty: none.
  std::string hinted_sub = {};  ///< Of id_token_hint; empty: none was sent.
};

/// Which client asks. Until it and the redirection URI are known, errors go to the person (RFC 6749 §4.1.2.1).
[[nodiscard]] Checked<ClientRegistration> asking_client(Call& call, const mimir::codec::Parameters& parameters);

/// Where the answer may go; notes it in the call, with the response mode that an error has to use as well.
[[nodiscard]] Checked<void> find_redirect(Call& call, const ClientRegistration& client,
                                          const mimir::codec::Parameters& parameters);

/// Judges all that needs no user; find_redirect() comes before. Used where a request is pushed and where it is answered,
/// so that both refuse the same (RFC 9126 §2.1).
[[nodiscard]] Checked<AuthorizationRequest> read_authorization_request(Call& call, const ClientRegistration& client,
                                                                       const mimir::codec::Parameters& parameters);

/// Whether the request must not show anything to the user (OIDC Core §3.1.2.1).
[[nodiscard]] bool is_silent(const AuthorizationRequest& request);

}  // namespace mockoauth::server
