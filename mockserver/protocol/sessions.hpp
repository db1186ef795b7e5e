#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>

#include "protocol/bounded_map.hpp"
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// A person who is signed in at this server in one browser: what prompt and max_age ask about (OIDC Core §3.1.2.1).
struct UserSession {
  std::string id;  ///< Value of the cookie.
  User user;
  TimePoint auth_time = {};
  std::string acr = {};
  std::vector<std::string> amr = {};
};

/// The browser sessions of a realm, and which scopes each user has allowed each client. Thread-safe. A session lives
/// for a day of the realm's time.
class Sessions {
 public:
  void put(UserSession session);  ///< Replaces one of the same id.
  [[nodiscard]] std::optional<UserSession> find(const std::string& id, TimePoint now);
  void end(const std::string& id);
  void end_of(std::string_view user_sub);  ///< In every browser; everybody's, when nobody is named.
  void clear();  ///< Nobody is signed in and nobody has allowed anything.

  void allow(const std::string& user_sub, const std::string& client_id, const std::vector<std::string>& scopes);
  void forget_allowed(std::string_view user_sub);  ///< By this user; by everybody, when nobody is named.
  [[nodiscard]] bool has_allowed(const std::string& user_sub, const std::string& client_id,
                                 const std::vector<std::string>& scopes);

 private:
  std::mutex mutex_;
  BoundedMap<std::optional<UserSession>> sessions_{10'000};  ///< Nothing: it was ended.
  BoundedMap<std::set<std::string>> allowed_{10'000};
};

/// Value of the cookie of that name; empty: the request has none.
[[nodiscard]] std::string cookie_of(const HttpRequest& request, std::string_view name);

/// `Set-Cookie`; an empty value takes the cookie away. Only for this realm's paths, never for scripts.
[[nodiscard]] std::string set_cookie(const RealmOptions& realm, std::string_view name, std::string_view value);

/// Id of the session that the request's cookie names; empty: none.
[[nodiscard]] std::string session_cookie(const HttpRequest& request);

/// `Set-Cookie` for a session; an empty id takes the cookie away. Only for this realm's paths, never for scripts.
[[nodiscard]] std::string set_session_cookie(const RealmOptions& realm, std::string_view id);

}  // namespace mockoauth::server
