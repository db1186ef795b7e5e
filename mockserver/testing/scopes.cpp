#include <mockoauth/testing/scopes.hpp>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace mockoauth::testing {
namespace {

std::string name_of(const server::FaultRule& rule) {
  if (!rule.name.empty()) return "`" + rule.name + "`";
  return "`" + (rule.fault.empty() && !rule.then.empty() ? rule.then.front().fault : rule.fault) + "`";
}

std::string unused_number() {
  static std::atomic<std::uint64_t> next = 1;
  return std::to_string(next++);
}

void tell(const Complaint& complain, const std::string& sentence) {
  if (complain) complain(sentence);
}

}  // namespace

std::vector<std::string> sentences_of(const server::ScriptReport& report) {
  std::vector<std::string> sentences;
  for (const auto& state : report.unused) sentences.push_back("the fault " + name_of(state.rule) + " never struck");
  for (const auto& state : report.unfinished) {
    sentences.push_back("the fault " + name_of(state.rule) + " struck " + std::to_string(state.fired) +
                        " times and was to strike more often");
  }
  for (const auto& state : report.unexpected) {
    sentences.push_back(std::to_string(state.unexpected) + " requests came that the fault " + name_of(state.rule) +
                        " was to be the last of");
  }
  for (const auto& latch : report.forgotten) {
    sentences.push_back("at the latch `" + latch.name + "` " + std::to_string(latch.parked.size() + latch.forgotten) +
                        " calls were never released");
  }
  if (report.unused_model_answers > 0) {
    sentences.push_back(std::to_string(report.unused_model_answers) + " scripted model answers were never given");
  }
  return sentences;
}

RealmScope::RealmScope(server::Server& server, server::RealmOptions options, Complaint complain)
    : server_(server), complain_(std::move(complain)) {
  if (options.name.empty()) options.name = "scope-" + unused_number();
  auto realm = server_.create_realm(std::move(options));
  if (!realm) throw std::runtime_error("the realm cannot be made: " + realm.error().message);
  realm_ = std::move(*realm);
}

RealmScope::~RealmScope() {
  const auto left = server_.drop_realm(realm_->name());
  for (const auto& sentence : sentences_of(left ? *left : realm_->report())) tell(complain_, sentence);
}

FaultScope::FaultScope(server::Realm& realm, server::FaultRule rule, Complaint complain)
    : realm_(realm), complain_(std::move(complain)) {
  const auto id = realm_.add_fault(std::move(rule));
  if (!id) throw std::runtime_error(id.error().pointer + ": " + id.error().message);
  id_ = *id;
}

FaultScope::~FaultScope() {
  const auto state = realm_.remove_fault(id_);
  if (state && state->fired == 0) tell(complain_, "the fault " + name_of(state->rule) + " never struck");
}

int FaultScope::fired() const {
  for (const auto& state : realm_.faults()) {
    if (state.id == id_) return state.fired;
  }
  return 0;
}

ClockScope::ClockScope(server::Realm& realm)
    : realm_(realm),
      offset_(realm.clock().offset()),
      rate_(realm.clock().rate()),
      frozen_(realm.clock().frozen()),
      now_(realm.clock().now()) {}

ClockScope::~ClockScope() {
  auto& clock = realm_.clock();
  clock.set_offset(offset_);
  clock.run_at(rate_);
  if (!frozen_) return;
  clock.freeze();
  clock.advance_to(now_);
}

LatchScope::LatchScope(server::Realm& realm, server::RuleMatch when, int calls, std::string phase, Complaint complain)
    : realm_(realm),
      name_("scope-" + unused_number()),
      rule_(realm, {.fault = "hold",
                    .when = std::move(when),
                    .arguments = mimir::codec::Json::object({{"latch", name_}}),
                    .times = calls,
                    .phase = std::move(phase)},
            std::move(complain)) {}

LatchScope::~LatchScope() { release(); }

bool LatchScope::await(std::size_t calls, std::chrono::milliseconds limit) const {
  return realm_.latches().await(name_, calls, limit);
}

bool LatchScope::release(const std::vector<std::uint64_t>& order) const {
  return realm_.latches().release(name_, order).has_value();
}

PersonScope::PersonScope(server::Realm& realm, server::UserDecision decision, const std::string& sub)
    : realm_(realm), before_(realm.person()) {
  realm_.decide(decision);
  if (!sub.empty()) realm_.choose_user(sub);
}

PersonScope::~PersonScope() {
  realm_.decide(before_.decision);
  realm_.choose_user(before_.sub);
}

}  // namespace mockoauth::testing
