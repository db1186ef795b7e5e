#include "protocol/store.hpp"

#include <algorithm>
#include <charconv>

namespace mockoauth::server {
namespace {

// A revocation that is to come sooner than one already noted wins.
void revoke(std::optional<TimePoint>& revoked_at, TimePoint when) {
  revoked_at = revoked_at ? std::min(*revoked_at, when) : when;
}

std::string numbered(char letter, std::uint64_t number) { return letter + std::to_string(number); }

}  // namespace

Tables::Tables(StoreLimits limits)
    : limits_(limits), codes_(limits.codes), access_(2 * limits.grants), refresh_(limits.grants) {}

Login* Tables::login_at(std::uint64_t number) {
  if (number < first_login_ || number >= first_login_ + logins_.size()) return nullptr;
  return &logins_[number - first_login_];
}

Login* Tables::find_login(const std::string& id) {
  std::uint64_t number = 0;
  if (!id.starts_with('g')) return nullptr;
  const auto read = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return read.ec == std::errc() && read.ptr == id.data() + id.size() ? login_at(number) : nullptr;
}

void Tables::forget_oldest_login() {
  const auto& oldest = logins_.front();
  const Party* party = oldest.chains.party;
  // The last of this user and client: nothing is left that they agreed to.
  if (party->last_login == first_login_) parties_.erase({oldest.user.sub, oldest.client_id});
  logins_.pop_front();
  ++first_login_;
}

Login& Tables::add_login(Login login) {
  if (logins_.size() >= std::max<std::size_t>(1, limits_.grants)) forget_oldest_login();
  const auto number = first_login_ + logins_.size();
  Party& party = parties_[{login.user.sub, login.client_id}];
  login.id = numbered('g', number);
  login.chains = {.party = &party, .number = number, .older_login = party.last_login};
  party.last_login = number;
  return logins_.emplace_back(std::move(login));
}

Code& Tables::add_code(Code code) {
  code.name = numbered('c', codes_.next_number());
  const auto digest = TextDigest::of(code.text);
  return codes_.add(digest, std::move(code));
}

AccessToken& Tables::add_access(const TextDigest& digest, AccessToken token) {
  const auto number = access_.next_number();
  token.name = numbered('a', number);
  if (Login* login = find_login(token.login)) token.older_of_login = std::exchange(login->chains.last_access, number);
  return access_.add(digest, std::move(token));
}

RefreshToken& Tables::add_refresh(RefreshToken token) {
  const auto number = refresh_.next_number();
  token.name = numbered('r', number);
  if (Login* login = find_login(token.login)) {
    token.older_of_login = std::exchange(login->chains.last_refresh, number);
    if (login->chains.party->counts_refresh) login->chains.party->refresh.push_back(number);
  }
  const auto digest = TextDigest::of(token.text);
  return refresh_.add(digest, std::move(token));
}

bool Tables::login_is_dead(const std::string& id, TimePoint now) {
  const Login* login = find_login(id);
  return login == nullptr || (login->revoked_at && *login->revoked_at <= now);
}

void Tables::revoke_login(const std::string& id, TimePoint when) {
  if (Login* login = find_login(id)) revoke(login->revoked_at, when);
}

std::size_t Tables::revoke_party(Party& party, TimePoint when) {
  std::size_t count = 0;
  const auto newest = party.last_login;
  for (Login* login = login_at(newest); login != nullptr; login = login_at(login->chains.older_login)) {
    if (party.login_sweep.covers(login->chains.number, when)) break;
    if (!login->revoked_at || *login->revoked_at > when) ++count;
    revoke(login->revoked_at, when);
  }
  party.login_sweep = {newest, when};
  // Whoever disconnects an app is asked again next time.
  party.consented = false;
  return count;
}

std::size_t Tables::revoke_logins(std::string_view user_sub, std::string_view client_id, TimePoint when) {
  if (!user_sub.empty() && !client_id.empty()) {
    const auto found = parties_.find({std::string(user_sub), std::string(client_id)});
    return found == parties_.end() ? 0 : revoke_party(found->second, when);
  }
  std::size_t count = 0;
  auto party = user_sub.empty() ? parties_.begin() : parties_.lower_bound({std::string(user_sub), {}});
  for (; party != parties_.end(); ++party) {
    if (!user_sub.empty() && party->first.first != user_sub) break;
    if (client_id.empty() || party->first.second == client_id) count += revoke_party(party->second, when);
  }
  return count;
}

std::size_t Tables::end_logins(AccountEvent event, std::string_view user_sub, TimePoint now, bool wholly) {
  std::size_t count = 0;
  for (auto& login : logins_) {
    const bool is_dead = login.ended_by || (login.revoked_at && *login.revoked_at <= now);
    if (is_dead || !login.has_user || (!user_sub.empty() && login.user.sub != user_sub)) continue;
    login.ended_by = event;
    if (wholly) revoke(login.revoked_at, now);
    if (event == AccountEvent::UserDisconnect) login.chains.party->consented = false;
    ++count;
  }
  return count;
}

void Tables::revoke_access_of(const std::string& id, TimePoint when) {
  Login* login = find_login(id);
  if (login == nullptr) return;
  auto& chains = login->chains;
  const auto newest = chains.last_access;
  for (auto number = newest; number != 0 && !chains.access_sweep.covers(number, when);) {
    AccessToken* token = access_.at(number);
    if (token == nullptr) break;
    revoke(token->revoked_at, when);
    number = token->older_of_login;
  }
  chains.access_sweep = {newest, when};
}

std::size_t Tables::expire_access(TimePoint now) {
  std::size_t count = 0;
  access_.for_each([&](AccessToken& token) {
    const bool lives = (!token.expires_at || *token.expires_at > now) &&
                       (!token.revoked_at || *token.revoked_at > now) && !login_is_dead(token.login, now);
    if (!lives) return;
    token.expires_at = now;
    ++count;
  });
  return count;
}

bool Tables::is_spent(const RefreshToken& token, TimePoint now) {
  if (token.rotated_at || token.revoked_at || (token.expires_at && *token.expires_at <= now)) return true;
  const Login* owner = find_login(token.login);
  return owner == nullptr || owner->revoked_at.has_value();
}

void Tables::count_refresh(Party& party) {
  party.counts_refresh = true;
  for (Login* login = login_at(party.last_login); login != nullptr; login = login_at(login->chains.older_login)) {
    for (auto number = login->chains.last_refresh; const RefreshToken* token = refresh_.at(number);
         number = token->older_of_login) {
      party.refresh.push_back(number);
    }
  }
  std::sort(party.refresh.begin(), party.refresh.end());
}

void Tables::make_room_for_refresh(const Login& login, std::size_t limit, TimePoint now) {
  const auto found = parties_.find({login.user.sub, login.client_id});
  if (found == parties_.end()) return;
  Party& party = found->second;
  if (!party.counts_refresh) count_refresh(party);
  std::erase_if(party.refresh, [&](std::uint64_t number) {
    const RefreshToken* token = refresh_.at(number);
    return token == nullptr || is_spent(*token, now);
  });
  while (!party.refresh.empty() && party.refresh.size() >= limit) {
    revoke(refresh_.at(party.refresh.front())->revoked_at, now);
    party.refresh.pop_front();
  }
}

bool Tables::consent(const std::string& user_sub, const std::string& client_id) {
  return !std::exchange(parties_[{user_sub, client_id}].consented, true);
}

bool Tables::has_consented(const std::string& user_sub, const std::string& client_id) const {
  const auto found = parties_.find({user_sub, client_id});
  return found != parties_.end() && found->second.consented;
}

Store::Session Store::open() {
  std::unique_lock lock(mutex_);
  if (!tables_) tables_ = std::make_unique<Tables>(limits_);
  return {std::move(lock), *tables_};
}

void Store::clear() {
  std::unique_ptr<Tables> dropped;  // Destroyed after the lock is released: a million rows take their time.
  const std::lock_guard lock(mutex_);
  dropped = std::move(tables_);
}

}  // namespace mockoauth::server
