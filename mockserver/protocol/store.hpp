#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/clock.hpp>

#include "protocol/bounded_map.hpp"
#include "protocol/rules.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What proves possession of a sender-constrained token: members of `cnf`. Both empty: a bearer token.
struct Binding {
  std::string jkt = {};       ///< Thumbprint of the DPoP key (RFC 9449 §6).
  std::string x5t_s256 = {};  ///< Digest of the client certificate (RFC 8705 §3.1).
};

/// What a user allowed a client once: the authorization grant that code and tokens belong to ("family").
struct Login {
  std::string id = {};  ///< `g1`
  std::string client_id = {};
  User user = {};
  std::vector<std::string> scopes = {};
  TimePoint auth_time = {};
  bool first_consent = false;
  RuleEffects effects = {};
  std::optional<TimePoint> revoked_at = {};  ///< May lie ahead (`revocation.delay_s`).
  bool has_user = true;                      ///< False: the client acts for itself (RFC 6749 §4.4).
  std::string acr = {};
  std::vector<std::string> amr = {};
  std::vector<std::string> resources = {};           ///< Granted by RFC 8707; empty: none was asked for.
  mimir::codec::Json authorization_details = {};     ///< Granted by RFC 9396; null: none.
  mimir::codec::Json claims = {};                    ///< The `claims` parameter (OIDC Core §5.5); null: none.
};

struct Code {
  std::string text = {};
  std::string name = {};  ///< `c1`, for the journal.
  std::string login = {};
  std::string client_id = {};
  std::string redirect_uri = {};
  bool redirect_uri_was_sent = true;
  std::string challenge = {};  ///< Empty: the request had none.
  std::string challenge_method = {};
  std::string nonce = {};
  TimePoint expires_at = {};
  bool used = false;
  Binding binding = {};  ///< Key the code is bound to (RFC 9449 §10); empty: none.
};

struct AccessToken {
  std::string text = {};
  std::string name = {};  ///< `a1`
  std::string login = {};
  std::vector<std::string> scopes = {};
  std::optional<TimePoint> expires_at = {};  ///< Nothing: it does not expire.
  std::optional<TimePoint> revoked_at = {};
  std::vector<std::string> audience = {};    ///< Resources it is good for; empty: the realm's own.
  Binding binding = {};
};

struct RefreshToken {
  std::string text = {};
  std::string name = {};  ///< `r1`
  std::string login = {};
  TimePoint last_used_at = {};
  std::optional<TimePoint> expires_at = {};
  std::optional<TimePoint> rotated_at = {};  ///< Set when a successor was issued.
  std::string successor = {};                ///< Text of the token that replaced it.
  std::optional<TimePoint> revoked_at = {};
  int uses = 0;
  Binding binding = {};
};

/// The tables of a realm. Reached only through Store::open(), so that a handler's check and its change are one step.
class Tables {
 public:
  Login& add_login(Login login);
  Code& add_code(Code code);
  AccessToken& add_access(AccessToken token);
  RefreshToken& add_refresh(RefreshToken token);

  Login* find_login(const std::string& id) { return logins_.find(id); }
  Code* find_code(const std::string& text) { return codes_.find(text); }
  AccessToken* find_access(const std::string& text) { return access_.find(text); }
  RefreshToken* find_refresh(const std::string& text) { return refresh_.find(text); }

  /// Whether the login was revoked (or has fallen out of the table) at that time.
  [[nodiscard]] bool login_is_dead(const std::string& id, TimePoint now);

  void revoke_login(const std::string& id, TimePoint when);
  /// Every login of this user (at this client, when one is named). @returns how many were alive.
  std::size_t revoke_logins(std::string_view user_sub, std::string_view client_id, TimePoint when);
  void revoke_access_of(const std::string& login, TimePoint when);
  std::size_t expire_access(TimePoint now);
  /// Drops the oldest refresh tokens of this user and client until fewer than `limit` are left (`refresh.max_live`).
  void make_room_for_refresh(const Login& login, std::size_t limit, TimePoint now);

  /// Notes the consent. @returns whether it is the first of this user for this client.
  bool consent(const std::string& user_sub, const std::string& client_id);
  [[nodiscard]] bool has_consented(const std::string& user_sub, const std::string& client_id) const;

 private:
  // Caps: what a test run needs many times over, a few hundred megabytes at the worst.
  BoundedMap<Login> logins_{50'000};
  BoundedMap<Code> codes_{10'000};
  BoundedMap<AccessToken> access_{50'000};
  BoundedMap<RefreshToken> refresh_{50'000};
  std::set<std::pair<std::string, std::string>> consents_;
  std::uint64_t next_login_ = 1;
  std::uint64_t next_code_ = 1;
  std::uint64_t next_access_ = 1;
  std::uint64_t next_refresh_ = 1;
};

/// Owns the tables. Thread-safe through open().
class Store {
 public:
  /// Exclusive use of the tables for as long as this lives. Do not sign or call out while holding it.
  class Session {
   public:
    Tables* operator->() { return &tables_; }
    Tables& operator*() { return tables_; }

   private:
    friend class Store;
    Session(std::mutex& mutex, Tables& tables) : lock_(mutex), tables_(tables) {}
    std::unique_lock<std::mutex> lock_;
    Tables& tables_;
  };

  [[nodiscard]] Session open() { return {mutex_, tables_}; }

 private:
  std::mutex mutex_;
  Tables tables_;
};

}  // namespace mockoauth::server
