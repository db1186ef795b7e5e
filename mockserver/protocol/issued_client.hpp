#pragma once

#include <string>

#include <mimir/codec/form.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// Whether this client_id is the one that all installations begin with, to be given their own by the first callback
/// (knobs `client.registration` authorize_callback, `client.first_id`).
[[nodiscard]] bool begins_everywhere(const Profile& profile, std::string_view client_id);

/// A client for an installation that had none: with an id of its own and, as the provider's rules have it, bound to the
/// redirect_uri of its first request or to those it names. Bounded like registrations by RFC 7591.
[[nodiscard]] Checked<ClientRegistration> issue_client(Call& call, ClientRegistration client);

}  // namespace mockoauth::server
