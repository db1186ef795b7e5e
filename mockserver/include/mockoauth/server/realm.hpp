#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mockoauth/server/http.hpp>
#include <mockoauth/server/journal.hpp>
#include <mockoauth/server/profile.hpp>
#include <mockoauth/server/script.hpp>
#include <mockoauth/server/virtual_clock.hpp>

namespace mockoauth::server {

/// A registered client (RFC 7591 §2 names its members).
struct ClientRegistration {
  std::string client_id;
  std::string client_secret = {};  ///< Empty: a public client.
  std::vector<std::string> redirect_uris = {};
  std::vector<std::string> scopes = {};  ///< Allowed; empty means all the realm knows.
};

struct User {
  std::string sub;
  std::string name = {};
  std::string email = {};
};

/// What the person at the login page does, as far as a script decides it.
enum class UserDecision { Approve, Deny };

struct RealmOptions {
  std::string name = "default";
  Profile profile = Profile::plain();
  /// Where clients reach this realm: `http://127.0.0.1:4321` for the default realm, with `/r/NAME` behind it for others.
  std::string base_url;
  std::uint64_t seed = 0;             ///< 0: unpredictable codes and tokens; else the same bytes for the same seed.
  std::vector<ClientRegistration> clients = {};
  std::vector<User> users = {};       ///< Empty: one user, ada.
  std::vector<std::string> scopes = {"openid", "profile", "email", "offline_access", "api.read", "api.write"};
  std::size_t journal_capacity = 10'000;
};

/// A whole provider: profile, clients, users, keys, tokens, clock, journal and script. Thread-safe. Nothing is shared
/// between realms but the process.
class Realm {
 public:
  /// @param clock real time; must outlive the realm.
  Realm(RealmOptions options, const Clock& clock);
  ~Realm();
  Realm(const Realm&) = delete;
  Realm& operator=(const Realm&) = delete;

  /// Answers one request; the target is relative to the realm (`/token`, not `/r/x/token`). Never throws.
  HttpResponse handle(const HttpRequest& request);

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::string issuer() const;       ///< As the metadata prints it.
  [[nodiscard]] std::string resource_url() const;  ///< Absolute URL of the protected resource.
  [[nodiscard]] const Profile& profile() const;
  [[nodiscard]] Journal& journal();
  [[nodiscard]] VirtualClock& clock();

  void add_client(ClientRegistration client);
  void decide(UserDecision decision);  ///< From now on.
  void choose_user(const std::string& sub);

  /// Fails with `fault.unknown`, naming the nearest one, or `fault.arguments`; then nothing changed.
  mimir::codec::Result<> add_fault(FaultRule rule);
  [[nodiscard]] std::vector<FaultRuleState> faults() const;
  void clear_faults();

  /// Revokes as an administrator or the user at the provider's site would, without the client knowing.
  std::size_t revoke_all(std::string_view user_sub = {});  ///< Every grant (of that user). @returns how many.
  std::size_t expire_access_tokens();                       ///< All that live now. @returns how many.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::server
