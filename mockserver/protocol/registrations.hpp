#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/jwk.hpp>

#include "protocol/bounded_map.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

struct Call;

/// Who sits at the login page and what they do.
struct Person {
  User user;
  UserDecision decision = UserDecision::Approve;
  bool is_chosen = false;  ///< By a script, so that no login_hint changes it.
  std::optional<std::vector<std::string>> allowed_scopes = {};  ///< Nothing: all that is asked for.
};

/// What the person does about one login, where a rule says so; the rest is as ever.
struct PersonAnswer {
  std::optional<UserDecision> decision = {};
  std::string sub = {};
  std::optional<std::vector<std::string>> scopes = {};
};

/// Clients and people of a realm. Thread-safe.
class Registrations {
 public:
  explicit Registrations(const RealmOptions& options);

  void add_client(ClientRegistration client);  ///< Replaces one of the same client_id.
  bool replace_client(ClientRegistration client);  ///< Only one that is there. @returns whether it was.
  bool remove_client(const std::string& client_id);
  [[nodiscard]] std::vector<ClientRegistration> clients() const;  ///< Registered ones, by client_id.
  /// Registered here, or remembered; for a client whose request was taken before.
  [[nodiscard]] std::optional<ClientRegistration> find_client(const std::string& client_id) const;
  [[nodiscard]] std::optional<ClientRegistration> find_registered(const std::string& client_id) const;
  /// Keeps what the document of a client said last (see protocol/documents.hpp). The oldest are forgotten.
  void remember(ClientRegistration client);
  void forget_remembered();
  /// The confidential client that has this secret, for `bearer_secret`, which names no client.
  [[nodiscard]] std::optional<ClientRegistration> find_client_by_secret(std::string_view secret) const;
  [[nodiscard]] std::vector<User> users() const;  ///< The first one signs in unless somebody else is chosen.
  void put_user(User user);  ///< Replaces one of the same `sub`.
  /// Whoever else is there first sits at the login page from then on. Fails with `user.unknown` or `user.last`.
  mimir::codec::Result<> remove_user(const std::string& sub);
  void decide(UserDecision decision);
  void choose_user(const std::string& sub);  ///< Whoever is not known yet moves in.
  void allow_scopes(std::optional<std::vector<std::string>> scopes);
  void entitle_user(const std::string& sub, bool entitled);
  /// @param login_hint of the request (OIDC Core §3.1.2.1): chooses a known user unless a script has.
  [[nodiscard]] Person person(std::string_view login_hint = {}) const;
  /// By `sub` or e-mail address.
  [[nodiscard]] std::optional<User> find_user(std::string_view name) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, ClientRegistration> clients_;
  mutable BoundedMap<ClientRegistration> remembered_{1000};  ///< Its find() is not const.
  std::vector<User> users_;
  Person person_;
};

/// No secret and no key: whoever knows the client_id is this client (RFC 6749 §2.1).
[[nodiscard]] inline bool is_public(const ClientRegistration& client) {
  if (client.token_endpoint_auth_method.empty()) return client.client_secret.empty();
  return client.token_endpoint_auth_method == "none";
}

/// Whether the registration lets the client use this grant type (RFC 7591 §2).
[[nodiscard]] bool may_use_grant(const ClientRegistration& client, std::string_view grant_type);

/// The client's registered keys as a JWK set (RFC 7591 §2): `jwks`, or what is published at `jwks_uri` now.
[[nodiscard]] Checked<mimir::codec::Json> client_jwks(Call& call, const ClientRegistration& client,
                                                      Condition refused_as);

/// The same, read.
/// @param refused_as the condition for keys that are missing or cannot be read.
[[nodiscard]] Checked<mimir::codec::KeySet> client_keys(Call& call, const ClientRegistration& client,
                                                        Condition refused_as);

}  // namespace mockoauth::server
