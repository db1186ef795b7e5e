#include "protocol/registrations.hpp"

#include <algorithm>

#include <mimir/codec/digest.hpp>

#include "protocol/call.hpp"
#include "protocol/documents.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

User ada() {
  User user;
  user.sub = "ada";
  user.name = "Ada Lovelace";
  user.email = "ada@example.org";
  return user;
}

}  // namespace

Registrations::Registrations(const RealmOptions& options) : users_(options.users) {
  for (const auto& client : options.clients) clients_.insert_or_assign(client.client_id, client);
  if (users_.empty()) users_.push_back(ada());
  person_.user = users_.front();
}

void Registrations::add_client(ClientRegistration client) {
  const std::lock_guard lock(mutex_);
  auto id = client.client_id;
  clients_.insert_or_assign(std::move(id), std::move(client));
}

bool Registrations::replace_client(ClientRegistration client) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client.client_id);
  if (found == clients_.end()) return false;
  found->second = std::move(client);
  return true;
}

bool Registrations::remove_client(const std::string& client_id) {
  const std::lock_guard lock(mutex_);
  return clients_.erase(client_id) > 0;
}

std::vector<ClientRegistration> Registrations::clients() const {
  const std::lock_guard lock(mutex_);
  std::vector<ClientRegistration> all;
  for (const auto& [id, client] : clients_) all.push_back(client);
  return all;
}

std::optional<ClientRegistration> Registrations::find_client(const std::string& client_id) const {
  if (auto registered = find_registered(client_id)) return registered;
  const std::lock_guard lock(mutex_);
  const auto* remembered = remembered_.find(client_id);
  return remembered == nullptr ? std::nullopt : std::optional(*remembered);
}

std::optional<ClientRegistration> Registrations::find_registered(const std::string& client_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client_id);
  if (found == clients_.end()) return std::nullopt;
  return found->second;
}

void Registrations::remember(ClientRegistration client) {
  const std::lock_guard lock(mutex_);
  auto id = client.client_id;
  remembered_.add(std::move(id), std::move(client));
}

void Registrations::forget_remembered() {
  const std::lock_guard lock(mutex_);
  remembered_.clear();
}

std::optional<ClientRegistration> Registrations::find_client_by_secret(std::string_view secret) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, client] : clients_) {
    if (!client.client_secret.empty() && mimir::codec::constant_time_equal(client.client_secret, secret)) return client;
  }
  return std::nullopt;
}

std::vector<User> Registrations::users() const {
  const std::lock_guard lock(mutex_);
  return users_;
}

void Registrations::put_user(User user) {
  const std::lock_guard lock(mutex_);
  if (person_.user.sub == user.sub) person_.user = user;
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const auto& known) { return known.sub == user.sub; });
  if (found != users_.end()) {
    *found = std::move(user);
  } else {
    users_.push_back(std::move(user));
  }
}

mimir::codec::Result<> Registrations::remove_user(const std::string& sub) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const auto& user) { return user.sub == sub; });
  if (found == users_.end()) return mimir::codec::fail("user.unknown", "there is no user `" + sub.substr(0, 80) + "`");
  if (users_.size() == 1) return mimir::codec::fail("user.last", "a realm has at least one user; add another one first");
  users_.erase(found);
  if (person_.user.sub == sub) {
    person_.user = users_.front();
    person_.is_chosen = false;
  }
  return {};
}

void Registrations::decide(UserDecision decision) {
  const std::lock_guard lock(mutex_);
  person_.decision = decision;
}

void Registrations::choose_user(const std::string& sub) {
  const std::lock_guard lock(mutex_);
  person_.is_chosen = true;
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const auto& user) { return user.sub == sub; });
  if (found != users_.end()) {
    person_.user = *found;
    return;
  }
  User user;
  user.sub = sub;
  user.name = sub;
  user.email = sub + "@example.org";
  person_.user = users_.emplace_back(std::move(user));
}

void Registrations::allow_scopes(std::optional<std::vector<std::string>> scopes) {
  const std::lock_guard lock(mutex_);
  person_.allowed_scopes = std::move(scopes);
}

void Registrations::entitle_user(const std::string& sub, bool entitled) {
  const std::lock_guard lock(mutex_);
  for (auto& user : users_) {
    if (user.sub == sub) user.entitled = entitled;
  }
  if (person_.user.sub == sub) person_.user.entitled = entitled;
}

Person Registrations::person(std::string_view login_hint) const {
  const auto hinted = login_hint.empty() ? std::nullopt : find_user(login_hint);
  const std::lock_guard lock(mutex_);
  Person person = person_;
  if (hinted && !person.is_chosen) person.user = *hinted;
  return person;
}

std::optional<User> Registrations::find_user(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const auto& user) {
    return user.sub == name || (!user.email.empty() && user.email == name);
  });
  if (found == users_.end()) return std::nullopt;
  return *found;
}

bool may_use_grant(const ClientRegistration& client, std::string_view grant_type) {
  return client.grant_types.empty() || contains(client.grant_types, grant_type);
}

Checked<mimir::codec::Json> client_jwks(Call& call, const ClientRegistration& client, Condition refused_as) {
  if (!client.jwks_uri.empty()) {
    return fetch_json(call, client.jwks_uri, {.what = "the client's jwks_uri", .refused_as = refused_as,
                                              .clause = "RFC 7591 §2"});
  }
  if (client.jwks.is_null()) return refuse(refused_as, "the client has registered no keys", "RFC 7591 §2");
  return client.jwks;
}

Checked<mimir::codec::KeySet> client_keys(Call& call, const ClientRegistration& client, Condition refused_as) {
  const auto jwks = client_jwks(call, client, refused_as);
  if (!jwks) return tl::unexpected(jwks.error());
  auto keys = mimir::codec::KeySet::from_jwks(*jwks);
  if (!keys) return refuse(refused_as, "the client's registered keys cannot be read: " + keys.error().message);
  return *keys;
}

}  // namespace mockoauth::server
