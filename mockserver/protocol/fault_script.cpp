#include "protocol/fault_script.hpp"

#include <algorithm>
#include <span>

#include <mimir/codec/random.hpp>

#include "protocol/registries.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

std::uint64_t drawer_at(Phase phase, std::uint64_t drawer) { return mixed(drawer, static_cast<std::uint64_t>(phase)); }

template <class T>
bool has(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool is_in(const std::string& reach, const std::string& seen) { return reach.empty() || reach == seen; }

std::uint64_t some_seed() {
  std::uint64_t seed = 0;
  mimir::codec::SystemRandom random;
  // Without randomness every run draws the same: a fault that strikes too regularly is better than none.
  (void)random.fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  return seed;
}

}  // namespace

FaultScript::FaultScript(std::uint64_t seed) : seed_(seed != 0 ? seed : some_seed()) {}

RuleResult<std::uint64_t> FaultScript::add(FaultRule rule) {
  if (auto checked = check_fault_rule(rule); !checked) return tl::unexpected(checked.error());
  auto entry = std::make_unique<Entry>();
  auto actions = rule.then;
  if (!rule.fault.empty()) actions = {{rule.fault, rule.arguments, rule.phase, 1}};
  for (auto& action : actions) {
    const Fault* fault = registries().faults.find(action.fault);
    entry->blocks = entry->blocks || fault->blocks;
    entry->actions.push_back({fault, parse_phase(action.phase).value_or(fault->phase), std::move(action.arguments),
                              action.times});
  }
  entry->rule = std::move(rule);

  const std::lock_guard lock(mutex_);
  entry->id = ++last_id_;
  file(*entry);
  if (entry->blocks) ++blocking_;
  const auto& when = entry->rule.when;
  if (!when.user.empty() || !when.flow.empty()) looks_at_logins_ = true;
  entries_.push_back(std::move(entry));
  is_empty_ = false;
  return last_id_;
}

// Of what the rule wants, that which fewest others want.
std::uint64_t FaultScript::choose_drawer(const Entry& entry) {
  const auto& when = entry.rule.when;
  std::string endpoint = when.endpoint;
  const auto& reach = entry.actions.front().fault->reach.endpoint;
  const bool reach_alike = std::all_of(entry.actions.begin(), entry.actions.end(),
                                       [&](const auto& action) { return action.fault->reach.endpoint == reach; });
  if (endpoint.empty() && reach_alike) endpoint = reach;
  const auto place = hash_of(endpoint);
  const auto load = [&](Want want) {
    std::size_t count = 0;
    for (const auto phase : kPhases) {
      const auto found = drawers_.find(drawer_at(phase, mixed(place, want)));
      if (found != drawers_.end()) count += found->second.size();
    }
    return count;
  };
  const auto wants = wants_of(when, names_);
  return mixed(place, *std::min_element(wants.begin(), wants.end(), [&](Want a, Want b) { return load(a) < load(b); }));
}

void FaultScript::file(Entry& entry) {
  entry.drawer = choose_drawer(entry);
  for (const auto& action : entry.actions) {
    auto& drawer = drawers_[drawer_at(action.phase, entry.drawer)];
    if (!drawer.empty() && drawer.back() == &entry) continue;
    drawer.push_back(&entry);
    ++filed_at_[static_cast<std::size_t>(action.phase)];
  }
}

void FaultScript::unfile(const Entry& entry) {
  for (const auto phase : kPhases) {
    const auto found = drawers_.find(drawer_at(phase, entry.drawer));
    if (found == drawers_.end()) continue;
    filed_at_[static_cast<std::size_t>(phase)] -= static_cast<int>(std::erase(found->second, &entry));
    if (found->second.empty()) drawers_.erase(found);
  }
  if (entry.blocks) --blocking_;
}

FaultRuleState FaultScript::state_of(const Entry& entry) {
  return {entry.rule, entry.fired, entry.id, entry.matched, entry.unexpected, entry.is_over, entry.missed};
}

std::optional<FaultRuleState> FaultScript::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e->id == id; });
  if (found == entries_.end()) return std::nullopt;
  auto state = state_of(**found);
  const bool filed = !(*found)->is_over || (*found)->rule.afterwards == Afterwards::Fail;
  if (filed) unfile(**found);
  entries_.erase(found);
  is_empty_ = drawers_.empty();
  return state;
}

std::vector<FaultRuleState> FaultScript::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<FaultRuleState> states;
  states.reserve(entries_.size());
  for (const auto& entry : entries_) states.push_back(state_of(*entry));
  return states;
}

void FaultScript::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  drawers_.clear();
  names_ = {};
  for (auto& filed : filed_at_) filed = 0;
  blocking_ = 0;
  looks_at_logins_ = false;
  is_empty_ = true;
  last_id_ = 0;
}

std::vector<FaultScript::Entry*> FaultScript::candidates(Phase phase, const RequestFacts& request) const {
  std::vector<Entry*> found;
  const std::uint64_t places[] = {hash_of(request.endpoint), hash_of("")};
  for (const auto want : wants_of(request, names_)) {
    for (const auto place : std::span(places).first(request.endpoint.empty() ? 1 : 2)) {
      const auto drawer = drawers_.find(drawer_at(phase, mixed(place, want)));
      if (drawer != drawers_.end()) found.insert(found.end(), drawer->second.begin(), drawer->second.end());
    }
  }
  std::sort(found.begin(), found.end(), [](const Entry* a, const Entry* b) { return a->id < b->id; });
  found.erase(std::unique(found.begin(), found.end()), found.end());  // What is there twice opens a drawer twice.
  return found;
}

bool FaultScript::is_drawn(Entry& entry) const {
  if (entry.rule.probability >= 1) return true;
  const auto bits = mixed(mixed(seed_, entry.id), ++entry.draws) >> 11;
  return static_cast<double>(bits) * 0x1p-53 < entry.rule.probability;
}

void FaultScript::advance(Entry& entry) {
  if (++entry.action_fired < entry.actions[entry.action].times) return;
  entry.action_fired = 0;
  if (++entry.action < entry.actions.size()) return;
  entry.action = 0;
  ++entry.rounds;
  const auto& rule = entry.rule;
  if (rule.afterwards == Afterwards::Repeat || rule.times == 0 || entry.rounds < rule.times) return;
  entry.is_over = true;
  if (rule.afterwards == Afterwards::Fail) return;  // It goes on looking.
  unfile(entry);
  is_empty_ = drawers_.empty();
}

bool FaultScript::fits_now(Entry& entry, Phase phase, const RequestFacts& request) {
  const Action& action = entry.actions[entry.action];
  const auto& reach = action.fault->reach;
  const bool meant = action.phase == phase && is_in(reach.endpoint, request.endpoint) &&
                     is_in(reach.grant_type, request.grant_type) && fits(entry.rule.when, request);
  if (!meant || action.fault->misfit == nullptr || request.call == nullptr) return meant;
  auto misfit = action.fault->misfit(*request.call, action.arguments);
  if (misfit.empty()) return true;
  entry.missed = std::move(misfit);
  return false;
}

std::optional<FaultScript::Strike> FaultScript::take(Phase phase, const RequestFacts& request, RuleTrace& trace) {
  const std::lock_guard lock(mutex_);
  auto fitting = candidates(phase, request);
  std::erase_if(fitting, [&](Entry* entry) {
    return has(trace.done, entry->id) || !fits_now(*entry, phase, request);
  });
  // All of them count it before one strikes: which number a request has does not depend on other rules.
  const auto number_in = [&](const Entry& entry) {
    return std::find_if(trace.counted.begin(), trace.counted.end(), [&](const auto& c) { return c.first == entry.id; });
  };
  for (Entry* entry : fitting) {
    if (number_in(*entry) != trace.counted.end()) continue;
    trace.counted.emplace_back(entry->id, ++entry->matched);
    if (entry->is_over) ++entry->unexpected;
  }
  for (Entry* entry : fitting) {
    const Action& action = entry->actions[entry->action];
    if (entry->is_over || has(trace.struck, {action.fault, phase, trace.occasion})) continue;
    const auto number = number_in(*entry)->second;
    const auto& rule = entry->rule;
    trace.done.push_back(entry->id);
    if (!rule.when.nth.empty() && !has(rule.when.nth, number)) continue;
    if (number <= rule.after || !is_drawn(*entry)) continue;
    ++entry->fired;
    trace.struck.push_back({action.fault, phase, trace.occasion});
    Strike strike{action.fault, action.arguments};
    advance(*entry);
    return strike;
  }
  return std::nullopt;
}

}  // namespace mockoauth::server
