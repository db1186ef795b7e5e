#include "protocol/realm_state.hpp"

#include <algorithm>

#include "protocol/url_template.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

User ada() { return {"ada", "Ada Lovelace", "ada@example.org"}; }

// What the profile signs with is published before the first token is (OIDC Discovery §3).
std::vector<mimir::codec::JwsAlgorithm> algorithms_of(const Profile& profile) {
  const auto algorithm = mimir::codec::parse_jws_algorithm(profile.text("id_token.alg"));
  return algorithm ? std::vector{*algorithm} : std::vector<mimir::codec::JwsAlgorithm>();
}

// The document prints loopback URLs: of a provider's own issuer only the path is kept, so that the issuer stays
// identical to where the document is fetched (RFC 8414 §3.3).
std::string make_issuer(const RealmOptions& options) {
  return options.base_url + path_of_template(options.profile, options.profile.text("discovery.issuer"));
}

std::string issuer_path(const RealmOptions& options, const std::string& issuer) {
  std::string path = issuer.substr(options.base_url.size());
  if (path.ends_with('/')) path.pop_back();  // RFC 8414 §3.1: a closing slash is removed first.
  return path;
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

std::optional<ClientRegistration> Registrations::find_client(const std::string& client_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(client_id);
  if (found == clients_.end()) return std::nullopt;
  return found->second;
}

void Registrations::decide(UserDecision decision) {
  const std::lock_guard lock(mutex_);
  person_.decision = decision;
}

void Registrations::choose_user(const std::string& sub) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(users_.begin(), users_.end(), [&](const auto& user) { return user.sub == sub; });
  person_.user = found != users_.end() ? *found : users_.emplace_back(User{sub, sub, sub + "@example.org"});
}

Person Registrations::person() const {
  const std::lock_guard lock(mutex_);
  return person_;
}

mimir::codec::Result<> RealmRandom::fill(std::span<std::uint8_t> out) {
  if (seed_ == 0) return system_.fill(out);
  const std::lock_guard lock(mutex_);
  return seeded_->fill(out);
}

void RealmRandom::restart() {
  if (seed_ == 0) return;
  const std::lock_guard lock(mutex_);
  seeded_ = std::make_unique<mimir::codec::SeededRandom>(seed_);
}

RealmState::RealmState(RealmOptions realm_options, const Clock& clock_of_the_world)
    : options(std::move(realm_options)),
      real_clock(clock_of_the_world),
      clock(real_clock),
      random(std::make_unique<RealmRandom>(options.seed)),
      issuer(make_issuer(options)),
      routes(options.profile, issuer_path(options, issuer), 1 + options.other_base_urls.size()),
      registrations(options),
      store({.grants = options.max_grants}),
      journal(options.journal_capacity),
      keys(options.seed, algorithms_of(options.profile)) {}

void RealmState::reset() {
  store.clear();
  journal.clear();
  faults.clear();
  random->restart();
}

std::string RealmState::url_of(std::string_view endpoint_name) const {
  const auto* route = routes.route_of(endpoint_name);
  return route == nullptr ? std::string() : url_of(*route);
}

std::string RealmState::url_of(const Routes::Route& route) const {
  return (route.origin == 0 ? options.base_url : options.other_base_urls[route.origin - 1]) + route.path;
}

Placeholders RealmState::placeholders(TimePoint now) const {
  Placeholders values(*random, now);
  if (const auto* params = profile().knob("params").as_object()) {
    for (const auto& [name, value] : *params) values.set(name, value);
  }
  values.set("origin", Json(options.base_url));
  values.set("issuer", Json(issuer));
  return values;
}

}  // namespace mockoauth::server
