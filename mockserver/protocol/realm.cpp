#include <mockoauth/server/realm.hpp>

#include <exception>
#include <utility>

#include "protocol/account_events.hpp"
#include "protocol/minting.hpp"
#include "protocol/pipeline.hpp"
#include "protocol/realm_state.hpp"

namespace mockoauth::server {

struct Realm::Impl {
  Impl(RealmOptions options, const Clock& clock) : state(std::move(options), clock) {
    if (!state.options.stands_at) return;
    state.clock.freeze();
    state.clock.advance_to(*state.options.stands_at);
  }
  RealmState state;
};

Realm::Realm(RealmOptions options, const Clock& clock) : impl_(std::make_unique<Impl>(std::move(options), clock)) {}
Realm::~Realm() = default;

HttpResponse Realm::handle(HttpRequest request) {
  // Only memory can run out here; a server that dies of it takes every other realm along.
  try {
    return run_pipeline(impl_->state, std::move(request));
  } catch (const std::exception&) {
    return {500, {{"Content-Type", "application/json"}}, R"({"error":"server_error"})"};
  }
}

const std::string& Realm::name() const { return impl_->state.options.name; }
std::string Realm::issuer() const { return impl_->state.issuer; }
std::string Realm::resource_url() const { return impl_->state.url_of("resource"); }
std::string Realm::configured_issuer() const { return impl_->state.configured_issuer; }
std::map<std::string, std::string> Realm::endpoint_urls() const {
  std::map<std::string, std::string> urls;
  for (const auto& route : impl_->state.routes.served()) {
    if (!route.endpoint->member.empty()) urls.emplace(route.endpoint->member, impl_->state.url_of(route));
  }
  return urls;
}
const Profile& Realm::profile() const { return impl_->state.profile(); }
Journal& Realm::journal() { return impl_->state.journal; }
VirtualClock& Realm::clock() { return impl_->state.clock; }
KeyRing& Realm::keys() { return impl_->state.keys; }
void Realm::reset() { impl_->state.reset(); }

mimir::codec::Result<std::vector<std::string>> Realm::rotate_keys(std::chrono::seconds overlap) {
  auto& keys = impl_->state.keys;
  const auto now = impl_->state.clock.now();
  std::vector<std::string> kids;
  for (const auto& key : keys.states(now)) {
    if (!key.signs) continue;
    auto kid = keys.rotate(key.algorithm, now, overlap);
    if (!kid) return tl::unexpected(kid.error());
    kids.push_back(std::move(*kid));
  }
  return kids;
}

void Realm::add_client(ClientRegistration client) { impl_->state.registrations.add_client(std::move(client)); }
bool Realm::remove_client(const std::string& client_id) {
  (void)impl_->state.dynamic_clients.remove(client_id);
  return impl_->state.registrations.remove_client(client_id);
}
std::vector<ClientRegistration> Realm::clients() const { return impl_->state.registrations.clients(); }
std::optional<ClientRegistration> Realm::find_client(const std::string& client_id) const {
  return impl_->state.registrations.find_registered(client_id);
}

void Realm::put_user(User user) { impl_->state.registrations.put_user(std::move(user)); }
mimir::codec::Result<> Realm::remove_user(const std::string& sub) {
  return impl_->state.registrations.remove_user(sub);
}
std::vector<User> Realm::users() const { return impl_->state.registrations.users(); }
PersonView Realm::person() const {
  auto person = impl_->state.registrations.person();
  return {std::move(person.user.sub), person.decision, std::move(person.allowed_scopes)};
}

void Realm::decide(UserDecision decision) { impl_->state.registrations.decide(decision); }
void Realm::allow_scopes(std::optional<std::vector<std::string>> scopes) {
  impl_->state.registrations.allow_scopes(std::move(scopes));
}
void Realm::entitle_user(const std::string& sub, bool entitled) {
  impl_->state.registrations.entitle_user(sub, entitled);
}
void Realm::choose_user(const std::string& sub) { impl_->state.registrations.choose_user(sub); }

mimir::codec::Result<> Realm::add_model_answer(const mimir::codec::Json& answer) {
  auto entry = parse_model_answer(answer);
  if (!entry) return tl::unexpected(entry.error());
  impl_->state.model_script.add(std::move(*entry));
  return {};
}
std::size_t Realm::model_answers_left() const { return impl_->state.model_script.left(); }

bool Realm::decide_device(std::string_view user_code, UserDecision decision) {
  auto& state = impl_->state;
  return state.devices.decide(user_code, decision, state.registrations.person().user, state.clock.now());
}

std::vector<DeviceLoginView> Realm::device_logins() const {
  std::vector<DeviceLoginView> views;
  for (auto& login : impl_->state.devices.all()) {
    views.push_back({std::move(login.user_code), std::move(login.client_id), std::move(login.scopes), login.state});
  }
  return views;
}

RuleResult<std::uint64_t> Realm::add_fault(FaultRule rule) { return impl_->state.faults.add(std::move(rule)); }
std::optional<FaultRuleState> Realm::remove_fault(std::uint64_t id) { return impl_->state.faults.remove(id); }
std::vector<FaultRuleState> Realm::faults() const { return impl_->state.faults.states(); }
void Realm::clear_faults() { impl_->state.faults.clear(); }
Latches& Realm::latches() { return impl_->state.latches; }
bool Realm::may_block() const { return impl_->state.faults.may_block(); }

Welcome Realm::welcome(const Arrival& arrival) {
  Welcome welcome;
  auto& faults = impl_->state.faults;
  welcome.asks_for_certificate = impl_->state.profile().lists("extensions", "mtls");
  if (faults.is_empty()) return welcome;
  const std::string nothing;
  const mimir::codec::Parameters no_parameters;
  const HttpRequest no_request;
  const RequestFacts facts{nothing, nothing, nothing, no_parameters, no_request};
  RuleTrace trace;
  const auto phase = arrival.at == Arrival::At::Accept ? Phase::Accept : Phase::Handshake;
  while (const auto strike = faults.take(phase, facts, trace)) strike->fault->welcome(welcome, strike->arguments);
  return welcome;
}

ScriptReport Realm::report() const {
  ScriptReport report;
  for (auto& state : impl_->state.faults.states()) {
    const bool finite = state.rule.times != 0 && state.rule.afterwards != Afterwards::Repeat;
    if (state.unexpected > 0) report.unexpected.push_back(state);
    if (state.fired == 0) report.unused.push_back(std::move(state));
    else if (finite && !state.is_over) report.unfinished.push_back(std::move(state));
  }
  for (auto& latch : impl_->state.latches.states()) {
    if (latch.forgotten > 0 || !latch.parked.empty()) report.forgotten.push_back(std::move(latch));
  }
  report.unused_model_answers = impl_->state.model_script.left();
  return report;
}

ScriptReport Realm::end() {
  auto left = report();
  impl_->state.journal.close();
  impl_->state.latches.close();
  return left;
}

bool Realm::has_ended() const { return impl_->state.journal.is_closed(); }

std::size_t Realm::revoke_all(std::string_view user_sub) {
  return impl_->state.store.open()->revoke_logins(user_sub, {}, impl_->state.clock.now());
}

std::size_t Realm::happen(AccountEvent event, std::string_view user_sub) {
  return apply_account_event(impl_->state, event, user_sub, impl_->state.clock.now());
}

std::size_t Realm::expire_access_tokens() {
  return impl_->state.store.open()->expire_access(impl_->state.clock.now());
}

bool Realm::revoke_token(const std::string& text) { return server::revoke_token(impl_->state, text); }
bool Realm::expire_token(const std::string& text) { return server::expire_token(impl_->state, text); }

mimir::codec::Result<std::string> Realm::sign_token(const mimir::codec::Json& claims, const std::string& algorithm,
                                                    const std::string& typ, const std::string& client_secret) {
  return server::sign_token(impl_->state, claims, algorithm, typ, client_secret);
}

mimir::codec::Result<mimir::codec::Json> Realm::issue_tokens(const GrantOrder& order) {
  return server::issue_tokens(impl_->state, order);
}

std::optional<GrantView> Realm::find_grant(const std::string& flow) const {
  return server::find_grant(impl_->state, flow);
}
std::string Realm::flow_of(const std::string& token) const { return server::flow_of(impl_->state, token); }

}  // namespace mockoauth::server
