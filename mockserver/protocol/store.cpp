#include "protocol/store.hpp"

#include <algorithm>

namespace mockoauth::server {
namespace {

// A revocation that is to come sooner than one already noted wins.
void revoke(std::optional<TimePoint>& revoked_at, TimePoint when) {
  revoked_at = revoked_at ? std::min(*revoked_at, when) : when;
}

std::string numbered(char letter, std::uint64_t& next) { return letter + std::to_string(next++); }

}  // namespace

Login& Tables::add_login(Login login) {
  login.id = numbered('g', next_login_);
  auto id = login.id;
  return logins_.add(std::move(id), std::move(login));
}

Code& Tables::add_code(Code code) {
  code.name = numbered('c', next_code_);
  auto text = code.text;
  return codes_.add(std::move(text), std::move(code));
}

AccessToken& Tables::add_access(AccessToken token) {
  token.name = numbered('a', next_access_);
  auto text = token.text;
  return access_.add(std::move(text), std::move(token));
}

RefreshToken& Tables::add_refresh(RefreshToken token) {
  token.name = numbered('r', next_refresh_);
  auto text = token.text;
  return refresh_.add(std::move(text), std::move(token));
}

bool Tables::login_is_dead(const std::string& id, TimePoint now) {
  const Login* login = find_login(id);
  return login == nullptr || (login->revoked_at && *login->revoked_at <= now);
}

void Tables::revoke_login(const std::string& id, TimePoint when) {
  if (Login* login = find_login(id)) revoke(login->revoked_at, when);
}

std::size_t Tables::revoke_logins(std::string_view user_sub, std::string_view client_id, TimePoint when) {
  std::size_t count = 0;
  logins_.for_each([&](Login& login) {
    if (!user_sub.empty() && login.user.sub != user_sub) return;
    if (!client_id.empty() && login.client_id != client_id) return;
    if (!login.revoked_at || *login.revoked_at > when) ++count;
    revoke(login.revoked_at, when);
  });
  // Whoever disconnects an app is asked again next time.
  std::erase_if(consents_, [&](const auto& consent) {
    return (user_sub.empty() || consent.first == user_sub) && (client_id.empty() || consent.second == client_id);
  });
  return count;
}

void Tables::revoke_access_of(const std::string& login, TimePoint when) {
  access_.for_each([&](AccessToken& token) {
    if (token.login == login) revoke(token.revoked_at, when);
  });
}

std::size_t Tables::expire_access(TimePoint now) {
  std::size_t count = 0;
  access_.for_each([&](AccessToken& token) {
    const bool lives = (!token.expires_at || *token.expires_at > now) &&
        (!token.revoked_at || *token.revoked_at > now) &&
                       !login_is_dead(token.login, now);
    if (!lives) return;
    token.expires_at = now;
    ++count;
  });
  return count;
}

void Tables::make_room_for_refresh(const Login& login, std::size_t limit, TimePoint now) {
  std::vector<RefreshToken*> live;
  refresh_.for_each([&](RefreshToken& token) {
    if (token.rotated_at || token.revoked_at || (token.expires_at && *token.expires_at <= now)) return;
    const Login* owner = find_login(token.login);
    if (owner == nullptr || owner->revoked_at || owner->client_id != login.client_id) return;
    if (owner->user.sub == login.user.sub) live.push_back(&token);
  });
  for (std::size_t i = 0; i < live.size() && live.size() - i >= limit; ++i) revoke(live[i]->revoked_at, now);
}

bool Tables::consent(const std::string& user_sub, const std::string& client_id) {
  return consents_.emplace(user_sub, client_id).second;
}

bool Tables::has_consented(const std::string& user_sub, const std::string& client_id) const {
  return consents_.contains({user_sub, client_id});
}

}  // namespace mockoauth::server
