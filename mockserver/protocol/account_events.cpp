#include "protocol/account_events.hpp"

#include <algorithm>
#include <array>

namespace mockoauth::server {
namespace {

struct EventEntry {
  AccountEvent event;
  std::string_view name;
  std::string_view says;  ///< Why there is nothing to refresh any more.
  Condition refused_as;
};

constexpr std::array kEvents = {
    EventEntry{AccountEvent::PasswordChange, "password_change", "the user has changed the password since",
          Condition::RefreshRevoked},
    EventEntry{AccountEvent::UserDisconnect, "user_disconnect", "the user has disconnected the app",
          Condition::RefreshRevoked},
    EventEntry{AccountEvent::AdminPolicy, "admin_policy", "an administrator has ended the access",
          Condition::RefreshRevoked},
    EventEntry{AccountEvent::SessionEnd, "session_end", "the user has signed out", Condition::RefreshRevoked},
    EventEntry{AccountEvent::TestingMode, "testing_mode", "refresh tokens of an app in testing end early",
          Condition::RefreshExpired},
    EventEntry{AccountEvent::ReauthPolicy, "reauth_policy", "a policy asks the user to sign in again",
          Condition::ReauthPolicy},
    EventEntry{AccountEvent::Inactivity, "inactivity", "the account was not used for too long", Condition::RefreshExpired},
};

const EventEntry& event_entry(AccountEvent event) { return kEvents[static_cast<std::size_t>(event)]; }

}  // namespace

std::string_view to_string(AccountEvent event) { return event_entry(event).name; }

std::optional<AccountEvent> parse_account_event(std::string_view name) {
  const auto* found = std::find_if(kEvents.begin(), kEvents.end(), [&](const auto& e) { return e.name == name; });
  if (found == kEvents.end()) return std::nullopt;
  return found->event;
}

std::size_t end_logins_by(RealmState& realm, AccountEvent event, std::string_view user_sub, TimePoint now) {
  const auto& entry = event_entry(event);
  if (!realm.profile().lists("refresh.dies_on", entry.name)) return 0;
  const bool wholly = entry.refused_as == Condition::RefreshRevoked;
  return realm.store.open()->end_logins(event, user_sub, now, wholly);
}

std::size_t apply_account_event(RealmState& realm, AccountEvent event, std::string_view user_sub, TimePoint now) {
  if (event == AccountEvent::SessionEnd) realm.sessions.end_of(user_sub);
  if (event == AccountEvent::UserDisconnect) realm.sessions.forget_allowed(user_sub);
  return end_logins_by(realm, event, user_sub, now);
}

Refusal refusal_after(AccountEvent event) {
  const auto& entry = event_entry(event);
  return Refusal{.condition = entry.refused_as, .detail = std::string(entry.says)};
}

void end_session_of(Call& call, const UserSession& session) {
  call.realm.sessions.end(session.id);
  end_logins_by(call.realm, AccountEvent::SessionEnd, session.user.sub, call.now);
  call.answer_headers.emplace_back("Set-Cookie", set_session_cookie(call.realm.options, ""));
}

}  // namespace mockoauth::server
