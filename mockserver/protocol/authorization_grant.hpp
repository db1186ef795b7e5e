#pragma once

#include <string>
#include <vector>

#include "protocol/authorization_request.hpp"
#include "protocol/pkce.hpp"
#include "protocol/refusal.hpp"
#include "protocol/sessions.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// An authorization request that a user has signed in for: all that is settled before they are asked for consent.
struct PreparedGrant {
  Login login;
  Challenge challenge;
};
[[nodiscard]] Checked<PreparedGrant> prepare_grant(Call& call, const AuthorizationRequest& request, const UserSession& session);

/// Grants these scopes and answers (RFC 6749 §4.1.2, OIDC Core §3). @param request_uri of a pushed request, which is used
/// up by this (RFC 9126 §7.3); empty: it was not pushed.
[[nodiscard]] Outcome answer_grant(Call& call, const AuthorizationRequest& request, PreparedGrant prepared,
                                   const std::vector<std::string>& scopes, const std::string& request_uri);

/// Whether this refusal is shown to the person and not sent to the client (RFC 6749 §4.1.2.1, knob `authorize.page_errors`).
[[nodiscard]] bool stays_on_page(const Call& call, const Refusal& refusal);

/// Tells it, noted in the exchange: on a page, or by the redirection URI.
HttpResponse tell_refusal(Call& call, const Refusal& refusal);

}  // namespace mockoauth::server
