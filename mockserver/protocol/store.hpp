#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/clock.hpp>

#include "protocol/patient_mutex.hpp"
#include "protocol/rules.hpp"
#include "protocol/token_table.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// What proves possession of a sender-constrained token: members of `cnf`. Both empty: a bearer token.
struct Binding {
  std::string jkt = {};       ///< Thumbprint of the DPoP key (RFC 9449 §6).
  std::string x5t_s256 = {};  ///< Digest of the client certificate (RFC 8705 §3.1).
};

/// Up to where a revocation of everything that is chained together has gone, so that the next one does not go there
/// again. Rows with a number up to `number` were revoked at `when` or before.
struct Sweep {
  std::uint64_t number = 0;
  TimePoint when = {};

  [[nodiscard]] bool covers(std::uint64_t row, TimePoint at) const { return row <= number && when <= at; }
};

/// What a rule of the realm puts into a login's tokens (RealmOptions::token_rules).
struct TokenOverride {
  mimir::codec::Json claims = {};  ///< An object.
  std::string typ = {};
};

struct Party;

/// Chains that the tables keep in a login, so that what belongs together is found without looking at everything.
/// Numbers of rows; 0: none.
struct LoginChains {
  Party* party = nullptr;
  std::uint64_t number = 0;
  std::uint64_t older_login = 0;  ///< Of the same user and client.
  std::uint64_t last_access = 0;
  std::uint64_t last_refresh = 0;
  Sweep access_sweep = {};
};

/// What a user allowed a client once: the authorization grant that code and tokens belong to ("family").
struct Login {
  std::string id = {};  ///< `g1`
  std::string client_id = {};
  User user = {};
  std::vector<std::string> scopes = {};
  bool got_other_scopes = false;  ///< Than were asked for; then the token response names them (RFC 6749 §5.1).
  TimePoint auth_time = {};
  bool first_consent = false;
  RuleEffects effects = {};
  std::optional<TimePoint> revoked_at = {};  ///< May lie ahead (`revocation.delay_s`).
  std::optional<AccountEvent> ended_by = {};  ///< No refresh from then on; access tokens go by `revoked_at`.
  bool has_user = true;                      ///< False: the client acts for itself (RFC 6749 §4.4).
  std::string acr = {};
  std::vector<std::string> amr = {};
  std::vector<std::string> resources = {};           ///< Granted by RFC 8707; empty: none was asked for.
  mimir::codec::Json authorization_details = {};     ///< Granted by RFC 9396; null: none.
  mimir::codec::Json act = {};                       ///< Who acts for the user (RFC 8693 §4.1); null: nobody else.
  mimir::codec::Json claims = {};                    ///< The `claims` parameter (OIDC Core §5.5); null: none.
  std::shared_ptr<const TokenOverride> token_override = {};  ///< Null: no rule fitted.
  LoginChains chains = {};                           ///< The tables' own.
};

/// One user at one client (`user_sub`, `client_id`): their consent and what came of it.
struct Party {
  bool consented = false;
  std::uint64_t last_login = 0;  ///< Newest; the others hang on it.
  Sweep login_sweep = {};
  bool counts_refresh = false;              ///< `refresh` is kept from the first time that it is asked for.
  std::deque<std::uint64_t> refresh = {};   ///< Tokens that may be alive, oldest first.
};

struct Code {
  TextDigest digest = {};  ///< Set by the table.
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
  TextDigest digest = {};  ///< Set by the table, which does not keep the text: a JWT is long.
  std::string name = {};  ///< `a1`
  std::string login = {};
  std::vector<std::string> scopes = {};
  std::optional<TimePoint> expires_at = {};  ///< Nothing: it does not expire.
  std::optional<TimePoint> revoked_at = {};
  std::vector<std::string> audience = {};    ///< Resources it is good for; empty: the realm's own.
  TimePoint issued_at = {};
  Binding binding = {};
  std::uint64_t older_of_login = 0;  ///< The tables' own: the access token before it.
};

struct RefreshToken {
  TextDigest digest = {};  ///< Set by the table.
  std::string text = {};
  std::string name = {};  ///< `r1`
  std::string login = {};
  TimePoint issued_at = {};
  TimePoint last_used_at = {};
  std::optional<TimePoint> expires_at = {};
  std::optional<TimePoint> rotated_at = {};  ///< Set when a successor was issued.
  std::string successor = {};                ///< Text of the token that replaced it.
  std::optional<TimePoint> revoked_at = {};
  int uses = 0;
  Binding binding = {};
  std::uint64_t older_of_login = 0;  ///< The tables' own: the refresh token before it.
};

/// How much is remembered before the oldest is forgotten.
struct StoreLimits {
  std::size_t grants = 100'000;  ///< Logins and refresh tokens; of access tokens twice as many.
  std::size_t codes = 10'000;
};

/// The tables of a realm. Reached only through Store::open(), so that a handler's check and its change are one step.
/// References and pointers are good while the session lasts and nothing is added.
class Tables {
 public:
  explicit Tables(StoreLimits limits);

  Login& add_login(Login login);
  Code& add_code(Code code);
  /// @param digest of its text, made before the tables are taken hold of.
  AccessToken& add_access(const TextDigest& digest, AccessToken token);
  RefreshToken& add_refresh(RefreshToken token);

  Login* find_login(const std::string& id);
  Code* find_code(const std::string& text) { return codes_.find(text); }
  AccessToken* find_access(const std::string& text) { return access_.find(text); }
  RefreshToken* find_refresh(const std::string& text) { return refresh_.find(text); }

  /// Whether the login was revoked (or has fallen out of the table) at that time.
  [[nodiscard]] bool login_is_dead(const std::string& id, TimePoint now);

  void revoke_login(const std::string& id, TimePoint when);
  /// Every login of this user (at this client, when one is named). @returns how many were alive.
  std::size_t revoke_logins(std::string_view user_sub, std::string_view client_id, TimePoint when);
  /// Notes for every live login of this user (of all users, when nobody is named) what ended it.
  /// @param wholly access tokens and codes go along. @returns how many there were.
  std::size_t end_logins(AccountEvent event, std::string_view user_sub, TimePoint now, bool wholly);
  void revoke_access_of(const std::string& login, TimePoint when);
  std::size_t expire_access(TimePoint now);
  /// Drops the oldest refresh tokens of this user and client until fewer than `limit` are left (`refresh.max_live`).
  void make_room_for_refresh(const Login& login, std::size_t limit, TimePoint now);

  /// Notes the consent. @returns whether it is the first of this user for this client.
  bool consent(const std::string& user_sub, const std::string& client_id);
  [[nodiscard]] bool has_consented(const std::string& user_sub, const std::string& client_id) const;

  [[nodiscard]] std::size_t live_logins() const { return logins_.size(); }  ///< Remembered ones, dead or alive.

 private:
  using PartyKey = std::pair<std::string, std::string>;

  [[nodiscard]] Login* login_at(std::uint64_t number);
  [[nodiscard]] bool is_spent(const RefreshToken& token, TimePoint now);
  std::size_t revoke_party(Party& party, TimePoint when);
  void count_refresh(Party& party);
  void forget_oldest_login();

  StoreLimits limits_;
  std::map<PartyKey, Party> parties_;
  std::deque<Login> logins_;  ///< By number, from first_login_.
  std::uint64_t first_login_ = 1;
  TokenTable<Code> codes_;
  TokenTable<AccessToken> access_;
  TokenTable<RefreshToken> refresh_;
};

/// Owns the tables, which are made when they are first used: most realms of a test see a few requests. Thread-safe
/// through open().
class Store {
 public:
  explicit Store(StoreLimits limits = {}) : limits_(limits) {}

  /// Exclusive use of the tables for as long as this lives. Do not sign or call out while holding it.
  class Session {
   public:
    Tables* operator->() { return &tables_; }
    Tables& operator*() { return tables_; }

   private:
    friend class Store;
    Session(std::unique_lock<PatientMutex> lock, Tables& tables) : lock_(std::move(lock)), tables_(tables) {}
    std::unique_lock<PatientMutex> lock_;
    Tables& tables_;
  };

  [[nodiscard]] Session open();
  void clear();  ///< Forgets everything; the numbers begin anew.

 private:
  const StoreLimits limits_;
  PatientMutex mutex_;
  std::unique_ptr<Tables> tables_;
};

}  // namespace mockoauth::server
