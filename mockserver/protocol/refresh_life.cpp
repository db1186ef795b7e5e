#include "protocol/refresh_life.hpp"

namespace mockoauth::server {

bool is_in_grace(const Profile& profile, Tables& tables, const RefreshToken& token, TimePoint now) {
  const auto grace = std::chrono::seconds(profile.number("refresh.grace_s"));
  if (now >= *token.rotated_at + grace) return false;
  const RefreshToken* successor = tables.find_refresh(token.successor);
  return successor != nullptr && !successor->rotated_at && successor->uses == 0;
}

bool is_idle(const Profile& profile, const Login& login, const RefreshToken& token, TimePoint now) {
  const std::chrono::seconds idle(login.effects.refresh_idle_ttl_s.value_or(profile.number("refresh.idle_ttl_s")));
  return idle.count() > 0 && token.last_used_at + idle <= now;
}

bool is_usable(const Profile& profile, Tables& tables, const RefreshToken& token, TimePoint now) {
  const Login* login = tables.find_login(token.login);
  if (login == nullptr || tables.login_is_dead(token.login, now)) return false;
  if (token.revoked_at && *token.revoked_at <= now) return false;
  if (token.expires_at && *token.expires_at <= now) return false;
  const bool was_replaced = token.rotated_at && profile.text("refresh.reuse") != "accept";
  if (was_replaced && !is_in_grace(profile, tables, token, now)) return false;
  return !is_idle(profile, *login, token, now);
}

}  // namespace mockoauth::server
