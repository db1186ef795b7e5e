#pragma once

#include <optional>
#include <string>

#include "protocol/authorization_request.hpp"
#include "protocol/call.hpp"
#include "protocol/interactions.hpp"

namespace mockoauth::server {

/// An authorization request that a person is asked about.
struct PendingAuthorization {
  AuthorizationRequest request = {};
  std::string request_uri = {};  ///< Of a pushed request; empty: it was not pushed.
  TrustedRedirect redirect = {};
  std::optional<Refusal> refusal = {};  ///< Told once somebody has signed in (RFC 9700 §4.11.2).
};

/// Whether people are asked by pages (knob `login.mode`, RealmOptions::login_by_form).
[[nodiscard]] bool asks_by_form(const RealmState& realm);

/// Begins to ask: with the first page that is needed in this browser, or with the answer where none is. A session of the
/// browser counts where `authorization` lets it.
[[nodiscard]] Outcome begin_interaction(Call& call, Interaction interaction);

/// The same for an authorization request, or for a refusal of one.
[[nodiscard]] Outcome ask_person(Call& call, PendingAuthorization pending);

/// What a form of the pages posted: `interaction`, `action`, and what goes with it.
[[nodiscard]] Outcome continue_interaction(Call& call);

/// Value of the cookie that binds pages to a browser; empty: there is none.
[[nodiscard]] std::string browser_cookie(const HttpRequest& request);

}  // namespace mockoauth::server
