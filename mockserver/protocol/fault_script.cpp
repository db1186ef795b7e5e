#include "protocol/fault_script.hpp"

#include <algorithm>

#include "protocol/registries.hpp"
#include <mockoauth/document/document.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::fail;

bool fits(const std::string& wanted, const std::string& seen) { return wanted.empty() || wanted == seen; }

bool fits(const RuleMatch& wanted, const RuleMatch& seen) {
  return fits(wanted.endpoint, seen.endpoint) && fits(wanted.grant_type, seen.grant_type) &&
         fits(wanted.client_id, seen.client_id);
}

bool can_meet(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const auto near = document::nearest(name, known, 3);
  std::string text;
  for (const auto& candidate : near) text += (text.empty() ? "; did you mean " : " or ") + candidate;
  return text.empty() ? text : text + "?";
}

}  // namespace

mimir::codec::Result<> FaultScript::add(FaultRule rule) {
  const auto& all = registries();
  const Fault* fault = all.faults.find(rule.fault);
  if (fault == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : all.faults.all()) names.push_back(known.name);
    return fail("fault.unknown", "there is no fault `" + rule.fault + "`" + did_you_mean(rule.fault, names));
  }
  if (!rule.when.endpoint.empty() && all.endpoints.find(rule.when.endpoint) == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : all.endpoints.all()) names.push_back(known.name);
    return fail("fault.arguments",
                "there is no endpoint `" + rule.when.endpoint + "`" + did_you_mean(rule.when.endpoint, names));
  }
  // A rule that can never strike would make a test pass for the wrong reason.
  if (!can_meet(rule.when.endpoint, fault->reach.endpoint) ||
      !can_meet(rule.when.grant_type, fault->reach.grant_type)) {
    return fail("fault.arguments", "`" + rule.fault + "` strikes only endpoint `" + fault->reach.endpoint +
                                       "`, grant type `" + fault->reach.grant_type + "`; the rule is for another one");
  }
  if (rule.times < 0) return fail("fault.arguments", "`times` is negative; 0 means always");
  if (fault->check_arguments != nullptr) {
    if (auto checked = fault->check_arguments(rule.arguments); !checked) {
      return fail("fault.arguments", "`" + rule.fault + "`: " + checked.error().message);
    }
  } else if (const auto* members = rule.arguments.as_object();
             !rule.arguments.is_null() && (members == nullptr || !members->empty())) {
    return fail("fault.arguments", "`" + rule.fault + "` takes no arguments");
  }
  const std::lock_guard lock(mutex_);
  rules_.push_back({fault, std::move(rule)});
  is_empty_ = false;
  return {};
}

std::vector<FaultRuleState> FaultScript::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<FaultRuleState> states;
  for (const auto& entry : rules_) states.push_back({entry.rule, entry.fired});
  return states;
}

void FaultScript::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
  is_empty_ = true;
}

std::optional<FaultScript::Strike> FaultScript::take(Phase phase, const RuleMatch& request,
                                                     const std::vector<std::string>& fired) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : rules_) {
    if (entry.fault->phase != phase) continue;
    if (entry.rule.times != 0 && entry.fired >= entry.rule.times) continue;
    if (!fits(entry.fault->reach, request) || !fits(entry.rule.when, request)) continue;
    if (std::find(fired.begin(), fired.end(), entry.fault->name) != fired.end()) continue;
    ++entry.fired;
    return Strike{entry.fault, entry.rule.arguments};
  }
  return std::nullopt;
}

}  // namespace mockoauth::server
