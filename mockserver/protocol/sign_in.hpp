#pragma once

#include <string>
#include <vector>

#include "protocol/authorization_request.hpp"
#include "protocol/call.hpp"
#include "protocol/sessions.hpp"

namespace mockoauth::server {

/// The user an authorization request is answered for.
struct SignIn {
  UserSession session = {};
  bool abandoned = false;  ///< The person sits before the page and does nothing; the rest means nothing then.
};

/// Uses the browser's session where the request allows it, else lets the chosen person sign in, unless the request is
/// silent (OIDC Core §3.1.2.1, §3.1.2.3). A new session goes out as a cookie with whatever is answered.
[[nodiscard]] Checked<SignIn> sign_in(Call& call, const AuthorizationRequest& request);

/// Asks the person for consent where it is needed (RFC 6749 §3.1, RFC 8252 §8.6). Sets `abandoned` when they do not
/// answer. @returns the scopes that are granted.
[[nodiscard]] Checked<std::vector<std::string>> ask_consent(Call& call, const AuthorizationRequest& request,
                                                            SignIn& signed_in);

/// The session of the browser, where the request allows to go on with it. Nothing else is looked at.
[[nodiscard]] std::optional<UserSession> usable_session(Call& call, const AuthorizationRequest& request);

/// Signs this user in as the request wants it (OIDC Core §3.1.2.1). Refuses another user than the one asked for.
[[nodiscard]] Checked<UserSession> sign_in_as(Call& call, const AuthorizationRequest& request, const User& user);

/// Signs this user in, in the usual way. The new session goes out as a cookie with whatever is answered.
[[nodiscard]] Checked<UserSession> start_session(Call& call, const User& user);

/// Whether this user has to be asked for consent.
[[nodiscard]] bool needs_consent(Call& call, const AuthorizationRequest& request, const std::string& sub);

/// Before a bad request is sent back to where it came from somebody has to have signed in (RFC 9700 §4.11.2).
/// @returns false when the person does nothing: then nothing is sent back.
[[nodiscard]] bool somebody_signs_in(Call& call);

/// What a person sees who does nothing.
[[nodiscard]] HttpResponse sign_in_page(const Call& call);

}  // namespace mockoauth::server
