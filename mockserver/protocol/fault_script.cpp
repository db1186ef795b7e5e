#include "protocol/fault_script.hpp"

#include <algorithm>

#include <mimir/codec/random.hpp>

#include "protocol/registries.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

template <class T>
bool has(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool equals(const std::string& wanted, const std::string& seen) { return wanted.empty() || wanted == seen; }

// `*` and `?` in time that grows with the product of the lengths at worst: a pattern comes from outside.
bool fits_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool fits(const TextMatch& wanted, const std::optional<std::string>& seen) {
  switch (wanted.kind) {
    case TextMatch::Kind::Equals: return seen == wanted.text;
    case TextMatch::Kind::Matches: return seen && fits_pattern(wanted.text, *seen);
    case TextMatch::Kind::Present: return seen.has_value();
    case TextMatch::Kind::Absent: return !seen.has_value();
  }
  return false;
}

namespace {

bool fits(const RuleMatch& wanted, const RequestFacts& seen) {
  const auto all = [](const std::vector<NamedMatch>& matches, auto lookup) {
    return std::all_of(matches.begin(), matches.end(),
                       [&](const auto& match) { return fits(match.second, lookup(match.first)); });
  };
  return equals(wanted.endpoint, seen.endpoint) && equals(wanted.grant_type, seen.grant_type) &&
         equals(wanted.client_id, seen.client_id) && equals(wanted.user, seen.user) && equals(wanted.flow, seen.flow) &&
         equals(wanted.method, seen.request.method) &&
         all(wanted.parameters, [&](const auto& name) { return seen.parameters.first(name); }) &&
         all(wanted.headers, [&](const auto& name) { return seen.request.header(name); });
}

// The name of a drawer: parts that no text can imitate, since each tells its length.
std::string part(char kind, std::string_view text) {
  return std::string(1, kind) + std::to_string(text.size()) + ":" + std::string(text);
}
std::string parameter_part(std::string_view name, std::string_view value) { return part('p', name) + part('=', value); }
std::string drawer_at(Phase phase, const std::string& drawer) {
  return std::string(1, static_cast<char>('0' + static_cast<int>(phase))) + drawer;
}

// splitmix64
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

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

// Of what the rule wants exactly, that which fewest others want.
std::string FaultScript::choose_drawer(const Entry& entry) const {
  const auto& when = entry.rule.when;
  std::string endpoint = when.endpoint;
  const auto& reach = entry.actions.front().fault->reach.endpoint;
  const bool reach_alike = std::all_of(entry.actions.begin(), entry.actions.end(),
                                       [&](const auto& action) { return action.fault->reach.endpoint == reach; });
  if (endpoint.empty() && reach_alike) endpoint = reach;

  std::vector<std::string> choices;
  if (!when.flow.empty()) choices.push_back(part('f', when.flow));
  for (const auto& [name, match] : when.parameters) {
    if (match.kind == TextMatch::Kind::Equals) choices.push_back(parameter_part(name, match.text));
  }
  if (!when.user.empty()) choices.push_back(part('u', when.user));
  if (!when.client_id.empty()) choices.push_back(part('c', when.client_id));
  if (choices.empty()) choices.emplace_back();

  const auto load = [&](const std::string& choice) {
    std::size_t count = 0;
    for (const auto phase : kPhases) {
      const auto found = drawers_.find(drawer_at(phase, part('e', endpoint) + choice));
      if (found != drawers_.end()) count += found->second.size();
    }
    return count;
  };
  const auto best = std::min_element(choices.begin(), choices.end(),
                                     [&](const auto& a, const auto& b) { return load(a) < load(b); });
  return part('e', endpoint) + *best;
}

void FaultScript::file(Entry& entry) {
  entry.drawer = choose_drawer(entry);
  for (const auto& [name, match] : entry.rule.when.parameters) {
    if (match.kind == TextMatch::Kind::Equals) parameter_names_.insert(name);
  }
  for (const auto& action : entry.actions) {
    auto& drawer = drawers_[drawer_at(action.phase, entry.drawer)];
    if (drawer.empty() || drawer.back() != &entry) drawer.push_back(&entry);
  }
}

void FaultScript::unfile(const Entry& entry) {
  for (const auto phase : kPhases) {
    const auto found = drawers_.find(drawer_at(phase, entry.drawer));
    if (found == drawers_.end()) continue;
    std::erase(found->second, &entry);
    if (found->second.empty()) drawers_.erase(found);
  }
  if (entry.blocks) --blocking_;
}

FaultRuleState FaultScript::state_of(const Entry& entry) {
  return {entry.rule, entry.fired, entry.id, entry.matched, entry.unexpected, entry.is_over};
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
  parameter_names_.clear();
  blocking_ = 0;
  looks_at_logins_ = false;
  is_empty_ = true;
  last_id_ = 0;
}

std::vector<FaultScript::Entry*> FaultScript::candidates(Phase phase, const RequestFacts& request) const {
  std::vector<std::string> wants{""};
  if (!request.client_id.empty()) wants.push_back(part('c', request.client_id));
  if (!request.user.empty()) wants.push_back(part('u', request.user));
  if (!request.flow.empty()) wants.push_back(part('f', request.flow));
  for (const auto& [name, value] : request.parameters.pairs()) {
    if (parameter_names_.contains(name)) wants.push_back(parameter_part(name, value));
  }
  std::vector<Entry*> found;
  for (const auto& endpoint : {request.endpoint, std::string()}) {
    for (const auto& want : wants) {
      const auto drawer = drawers_.find(drawer_at(phase, part('e', endpoint) + want));
      if (drawer != drawers_.end()) found.insert(found.end(), drawer->second.begin(), drawer->second.end());
    }
    if (request.endpoint.empty()) break;
  }
  std::sort(found.begin(), found.end(), [](const Entry* a, const Entry* b) { return a->id < b->id; });
  return found;
}

bool FaultScript::is_drawn(Entry& entry) const {
  if (entry.rule.probability >= 1) return true;
  const auto bits = mix(mix(seed_ ^ mix(entry.id)) + ++entry.draws) >> 11;
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

bool FaultScript::fits_now(const Entry& entry, Phase phase, const RequestFacts& request) {
  const Action& action = entry.actions[entry.action];
  const auto& reach = action.fault->reach;
  return action.phase == phase && equals(reach.endpoint, request.endpoint) &&
         equals(reach.grant_type, request.grant_type) && fits(entry.rule.when, request);
}

std::optional<FaultScript::Strike> FaultScript::take(Phase phase, const RequestFacts& request, RuleTrace& trace) {
  const std::lock_guard lock(mutex_);
  auto fitting = candidates(phase, request);
  std::erase_if(fitting, [&](const Entry* entry) {
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
    if (entry->is_over || has(trace.struck, {action.fault, phase})) continue;
    const auto number = number_in(*entry)->second;
    const auto& rule = entry->rule;
    trace.done.push_back(entry->id);
    if (!rule.when.nth.empty() && !has(rule.when.nth, number)) continue;
    if (number <= rule.after || !is_drawn(*entry)) continue;
    ++entry->fired;
    trace.struck.emplace_back(action.fault, phase);
    Strike strike{action.fault, action.arguments};
    advance(*entry);
    return strike;
  }
  return std::nullopt;
}

}  // namespace mockoauth::server
