#pragma once

#include <string_view>

#include "protocol/call.hpp"
#include "protocol/realm_state.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Ends the logins of this user (of all, when nobody is named) where the knob `refresh.dies_on` lists the event.
/// @returns how many ended.
std::size_t end_logins_by(RealmState& realm, AccountEvent event, std::string_view user_sub, TimePoint now);

/// The same, and what the event does to the user's browsers: the session ends with session_end, and whoever disconnects
/// the app is asked for consent again.
std::size_t apply_account_event(RealmState& realm, AccountEvent event, std::string_view user_sub, TimePoint now);

/// How a refresh is refused after that: a policy wants a fresh sign-in, time is over, or somebody took it back.
[[nodiscard]] Refusal refusal_after(AccountEvent event);

/// Signs the user of this session out of this browser: the session ends, and logins that end with it.
void end_session_of(Call& call, const UserSession& session);

}  // namespace mockoauth::server
