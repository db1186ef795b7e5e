#include "protocol/sessions.hpp"

#include <algorithm>
#include <chrono>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr std::string_view kCookie = "mockoauth_session";
constexpr std::chrono::hours kLife{24};

// Two texts as one key: no sub or client_id has a NUL, since forms with one are refused.
std::string pair_key(const std::string& user_sub, const std::string& client_id) {
  return user_sub + '\0' + client_id;
}

}  // namespace

void Sessions::put(UserSession session) {
  const std::lock_guard lock(mutex_);
  auto id = session.id;
  sessions_.add(std::move(id), std::move(session));
}

std::optional<UserSession> Sessions::find(const std::string& id, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto* found = id.empty() ? nullptr : sessions_.find(id);
  if (found == nullptr || !*found || (*found)->auth_time + kLife <= now) return std::nullopt;
  return *found;
}

void Sessions::end(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (auto* found = sessions_.find(id)) found->reset();
}

void Sessions::end_of(std::string_view user_sub) {
  const std::lock_guard lock(mutex_);
  sessions_.for_each([&](const std::string&, std::optional<UserSession>& session) {
    if (session && (user_sub.empty() || session->user.sub == user_sub)) session.reset();
  });
}

void Sessions::forget_allowed(std::string_view user_sub) {
  const std::lock_guard lock(mutex_);
  const auto prefix = pair_key(std::string(user_sub), {});
  allowed_.for_each([&](const std::string& key, std::set<std::string>& scopes) {
    if (user_sub.empty() || key.starts_with(prefix)) scopes.clear();
  });
}

void Sessions::allow(const std::string& user_sub, const std::string& client_id,
                     const std::vector<std::string>& scopes) {
  const std::lock_guard lock(mutex_);
  const auto key = pair_key(user_sub, client_id);
  auto* known = allowed_.find(key);
  if (known == nullptr) known = &allowed_.add(key, {});
  known->insert(scopes.begin(), scopes.end());
}

bool Sessions::has_allowed(const std::string& user_sub, const std::string& client_id,
                           const std::vector<std::string>& scopes) {
  const std::lock_guard lock(mutex_);
  const auto* known = allowed_.find(pair_key(user_sub, client_id));
  return known != nullptr && std::all_of(scopes.begin(), scopes.end(), [&](const auto& s) { return known->contains(s); });
}

void Sessions::clear() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
  allowed_.clear();
}

std::string cookie_of(const HttpRequest& request, std::string_view wanted) {
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {  // RFC 6265 §4.2.1
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = trim(rest.substr(0, end));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == wanted) {
        return std::string(pair.substr(equals + 1));
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

std::string session_cookie(const HttpRequest& request) { return cookie_of(request, kCookie); }

std::string set_session_cookie(const RealmOptions& realm, std::string_view id) { return set_cookie(realm, kCookie, id); }

std::string set_cookie(const RealmOptions& realm, std::string_view name, std::string_view value) {
  const auto host = realm.base_url.find("://");
  const auto slash = host == std::string::npos ? host : realm.base_url.find('/', host + 3);
  std::string cookie = std::string(name) + "=" + std::string(value) + "; Path=" +
                       (slash == std::string::npos ? "/" : realm.base_url.substr(slash)) + "; HttpOnly; SameSite=Lax";
  if (realm.base_url.starts_with("https:")) cookie += "; Secure";
  if (value.empty()) cookie += "; Max-Age=0";
  return cookie;
}

}  // namespace mockoauth::server
