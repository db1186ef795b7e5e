#include "protocol/account_events.hpp"

#include <algorithm>
#include <array>

namespace mockoauth::server {
namespace {

struct Entry {
  AccountEvent event;
  std::string_view name;
  std::string_view says;  ///< Why there is nothing to refresh any more.
  Condition refused_as;
};

constexpr std::array kEntries = {
    Entry{AccountEvent::PasswordChange, "password_change", "the user has changed the password since",
          Condition::RefreshRevoked},
    Entry{AccountEvent::UserDisconnect, "user_disconnect", "the user has disconnected the app",
          Condition::RefreshRevoked},
    Entry{AccountEvent::AdminPolicy, "admin_policy", "an administrator has ended the access",
          Condition::RefreshRevoked},
    Entry{AccountEvent::SessionEnd, "session_end", "the user has signed out", Condition::RefreshRevoked},
    Entry{AccountEvent::TestingMode, "testing_mode", "refresh tokens of an app in testing end early",
          Condition::RefreshExpired},
    Entry{AccountEvent::ReauthPolicy, "reauth_policy", "a policy asks the user to sign in again",
          Condition::ReauthPolicy},
    Entry{AccountEvent::Inactivity, "inactivity", "the account was not used for too long", Condition::RefreshExpired},
};

const Entry& entry_for(AccountEvent event) { return kEntries[static_cast<std::size_t>(event)]; }

}  // namespace

std::string_view to_string(AccountEvent event) { return entry_for(event).name; }

std::optional<AccountEvent> parse_account_event(std::string_view name) {
  const auto* found = std::find_if(kEntries.begin(), kEntries.end(), [&](const auto& e) { return e.name == name; });
  if (found == kEntries.end()) return std::nullopt;
  return found->event;
}

std::size_t end_logins_by(RealmState& realm, AccountEvent event, std::string_view user_sub, TimePoint now) {
  const auto& entry = entry_for(event);
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
  const auto& entry = entry_for(event);
  return Refusal{.condition = entry.refused_as, .detail = std::string(entry.says)};
}

}  // namespace mockoauth::server
