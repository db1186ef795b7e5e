// Fault rules as JSON: read, judged, written.
#include <algorithm>
#include <cmath>
#include <functional>

#include "protocol/fault_arguments.hpp"
#include "protocol/registries.hpp"
#include "protocol/text.hpp"
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::json_pointer_escape;

constexpr const char* kBad = "fault.arguments";
constexpr std::int64_t kMostTimes = 1'000'000'000;
constexpr std::size_t kMostActions = 1000;

template <class T>
using Read = RuleResult<T>;

RuleResult<void> only(const Json& value, const std::string& pointer, const std::vector<std::string>& known,
                      const std::string& what) {
  const auto* members = value.as_object();
  if (members == nullptr) return rule_problem(kBad, pointer, what + " is not an object");
  for (const auto& [name, member] : *members) {
    if (!contains(known, name)) {
      const auto near = did_you_mean(name, known);
      return rule_problem(kBad, pointer + "/" + json_pointer_escape(name),
                          what + " has no member `" + name.substr(0, 80) + "`" +
                              (near.empty() ? "; known are `" + join(known, "`, `") + "`" : near));
    }
  }
  return {};
}

RuleResult<void> read_text(const Json& from, const std::string& pointer, const std::string& name, std::string& to) {
  const Json* value = from.find(name);
  if (value == nullptr) return {};
  if (!value->is_string() || value->as_string()->empty()) {
    return rule_problem(kBad, pointer + "/" + name, "`" + name + "` is not a text with something in it");
  }
  to = *value->as_string();
  return {};
}

template <class T>
RuleResult<void> read_number(const Json& from, const std::string& pointer, const std::string& name,
                             std::int64_t least, const std::string& meaning, T& to) {
  const Json* value = from.find(name);
  if (value == nullptr) return {};
  const auto number = value->as_int();
  if (!number || *number < least || *number > kMostTimes) {
    return rule_problem(kBad, pointer + "/" + name, "`" + name + "` is not a number from " + std::to_string(least) +
                                                        " to " + std::to_string(kMostTimes) + meaning);
  }
  to = static_cast<T>(*number);
  return {};
}

// A text stands for itself; else `{equals: …}`, `{matches: …}`, `{present: true}` or `{absent: true}`.
Read<TextMatch> read_match(const Json& value, const std::string& pointer) {
  using Kind = TextMatch::Kind;
  if (const auto* text = value.as_string()) return TextMatch{Kind::Equals, *text};
  const auto* members = value.as_object();
  if (members != nullptr && members->size() == 1) {
    const auto& [name, what] = members->front();
    const auto* text = what.as_string();
    if (name == "equals" && text != nullptr) return TextMatch{Kind::Equals, *text};
    if (name == "matches" && text != nullptr) return TextMatch{Kind::Matches, *text};
    if (name == "present" && what.as_bool() == true) return TextMatch{Kind::Present, {}};
    if (name == "absent" && what.as_bool() == true) return TextMatch{Kind::Absent, {}};
  }
  return rule_problem(kBad, pointer, "expected a text, or one of {equals: text}, {matches: pattern}, {present: true}, "
                                     "{absent: true}");
}

RuleResult<void> read_matches(const Json& from, const std::string& name, std::vector<NamedMatch>& to) {
  const Json* value = from.find(name);
  if (value == nullptr) return {};
  const std::string pointer = "/when/" + name;
  const auto* members = value->as_object();
  if (members == nullptr) return rule_problem(kBad, pointer, "`" + name + "` is not an object of names and values");
  for (const auto& [key, wanted] : *members) {
    auto match = read_match(wanted, pointer + "/" + json_pointer_escape(key));
    if (!match) return tl::unexpected(match.error());
    to.emplace_back(key, std::move(*match));
  }
  return {};
}

RuleResult<void> read_nth(const Json& from, std::vector<std::uint64_t>& to) {
  const Json* value = from.find("nth");
  if (value == nullptr) return {};
  const Json list = value->is_array() ? *value : Json::array({*value});
  for (const auto& item : *list.as_array()) {
    const auto number = item.as_int();
    if (!number || *number < 1) return rule_problem(kBad, "/when/nth", "`nth` is not a number from 1, or a list of such");
    to.push_back(static_cast<std::uint64_t>(*number));
  }
  if (to.empty()) return rule_problem(kBad, "/when/nth", "`nth` is an empty list, which no request fits");
  return {};
}

RuleResult<void> read_when(const Json& rule, RuleMatch& when) {
  const Json* value = rule.find("when");
  if (value == nullptr) return {};
  const std::string at = "/when";
  auto done = only(*value, at, {"endpoint", "grant_type", "client_id", "user", "flow", "method", "param", "header", "nth"},
                   "`when`");
  for (const auto& [name, text] : {std::pair<const char*, std::string*>{"endpoint", &when.endpoint},
                                   {"grant_type", &when.grant_type}, {"client_id", &when.client_id},
                                   {"user", &when.user}, {"flow", &when.flow}, {"method", &when.method}}) {
    if (done) done = read_text(*value, at, name, *text);
  }
  if (done) done = read_matches(*value, "param", when.parameters);
  if (done) done = read_matches(*value, "header", when.headers);
  if (done) done = read_nth(*value, when.nth);
  return done;
}

Read<FaultAction> read_action(const Json& value, const std::string& pointer) {
  FaultAction action;
  auto done = only(value, pointer, {"fault", "arguments", "phase", "times"}, "an action");
  if (done) done = read_text(value, pointer, "fault", action.fault);
  if (done && action.fault.empty()) done = rule_problem(kBad, pointer, "the action names no `fault`");
  if (done) done = read_text(value, pointer, "phase", action.phase);
  if (done) done = read_number(value, pointer, "times", 1, "", action.times);
  if (!done) return tl::unexpected(done.error());
  if (const Json* arguments = value.find("arguments")) action.arguments = *arguments;
  return action;
}

RuleResult<void> read_then(const Json& rule, std::vector<FaultAction>& then) {
  const Json* value = rule.find("then");
  if (value == nullptr) return {};
  if (!value->is_array()) {
    auto action = read_action(*value, "/then");
    if (!action) return tl::unexpected(action.error());
    then.push_back(std::move(*action));
    return {};
  }
  const auto& items = *value->as_array();
  if (items.empty() || items.size() > kMostActions) {
    return rule_problem(kBad, "/then", "`then` is a list of 1 to " + std::to_string(kMostActions) + " actions");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto action = read_action(items[i], "/then/" + std::to_string(i));
    if (!action) return tl::unexpected(action.error());
    then.push_back(std::move(*action));
  }
  return {};
}

RuleResult<void> read_afterwards(const Json& rule, Afterwards& afterwards) {
  std::string word;
  if (auto done = read_text(rule, "", "afterwards", word); !done || word.empty()) return done;
  if (word == "behave") afterwards = Afterwards::Behave;
  else if (word == "repeat") afterwards = Afterwards::Repeat;
  else if (word == "fail") afterwards = Afterwards::Fail;
  else return rule_problem(kBad, "/afterwards", "`afterwards` is none of behave, repeat, fail");
  return {};
}

RuleResult<void> read_probability(const Json& rule, double& to) {
  const Json* value = rule.find("probability");
  if (value == nullptr) return {};
  const auto number = value->as_double();
  if (!number || !std::isfinite(*number) || *number <= 0 || *number > 1) {
    return rule_problem(kBad, "/probability", "`probability` is not a number above 0, up to 1");
  }
  to = *number;
  return {};
}

std::vector<std::string> names_of_faults() {
  std::vector<std::string> names;
  for (const auto& fault : registries().faults.all()) names.push_back(fault.name);
  return names;
}

bool can_meet(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

std::string reach_text(const RuleMatch& reach) {
  std::string text = "endpoint `" + reach.endpoint + "`";
  if (!reach.grant_type.empty()) text += ", grant type `" + reach.grant_type + "`";
  return text;
}

std::string phases_text(const Fault& fault) {
  std::string text;
  for (const auto phase : kPhases) {
    if (fault.can_strike_at(phase)) text += (text.empty() ? "" : ", ") + std::string(to_string(phase));
  }
  return text;
}

bool matches_any_request(const RuleMatch& when) {
  return when.endpoint.empty() && when.grant_type.empty() && when.client_id.empty() && when.user.empty() &&
         when.flow.empty() && when.method.empty() && when.parameters.empty() && when.headers.empty();
}

// @param pointer of the action. A rule that can never strike would make a test pass for the wrong reason.
RuleResult<void> check_action(const FaultAction& action, const RuleMatch& when, const std::string& pointer) {
  const Fault* fault = registries().faults.find(action.fault);
  if (fault == nullptr) {
    return rule_problem("fault.unknown", pointer + "/fault", "there is no fault `" + action.fault.substr(0, 80) + "`" +
                                                                 did_you_mean(action.fault, names_of_faults()));
  }
  if (!action.phase.empty()) {
    const auto phase = parse_phase(action.phase);
    if (!phase || !fault->can_strike_at(*phase)) {
      return rule_problem(kBad, pointer + "/phase", "`" + fault->name + "` does not strike at the phase `" +
                                                        action.phase.substr(0, 80) + "`, only at " +
                                                        phases_text(*fault));
    }
  }
  if (!can_meet(when.endpoint, fault->reach.endpoint) || !can_meet(when.grant_type, fault->reach.grant_type)) {
    return rule_problem(kBad, "/when", "`" + fault->name + "` strikes only " + reach_text(fault->reach) +
                                           "; the rule is for another one");
  }
  if (is_of_connection(parse_phase(action.phase).value_or(fault->phase)) && !matches_any_request(when)) {
    return rule_problem(kBad, "/when", "`" + fault->name + "` strikes before there is a request: only `nth` can be matched");
  }
  if (action.times < 1) return rule_problem(kBad, pointer + "/times", "`times` of an action is at least 1");
  if (auto checked = check_arguments(*fault, action.arguments); !checked) {
    auto problem = checked.error();
    problem.pointer = pointer + "/arguments" + problem.pointer;
    return tl::unexpected(std::move(problem));
  }
  return {};
}

Json match_json(const std::vector<NamedMatch>& matches) {
  Json out = Json::object();
  for (const auto& [name, match] : matches) {
    switch (match.kind) {
      case TextMatch::Kind::Equals: out.set(name, Json(match.text)); break;
      case TextMatch::Kind::Matches: out.set(name, Json::object({{"matches", Json(match.text)}})); break;
      case TextMatch::Kind::Present: out.set(name, Json::object({{"present", true}})); break;
      case TextMatch::Kind::Absent: out.set(name, Json::object({{"absent", true}})); break;
    }
  }
  return out;
}

void set_text(Json& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.set(name, Json(text));
}

Json when_json(const RuleMatch& when) {
  Json out = Json::object();
  set_text(out, "endpoint", when.endpoint);
  set_text(out, "grant_type", when.grant_type);
  set_text(out, "client_id", when.client_id);
  set_text(out, "user", when.user);
  set_text(out, "flow", when.flow);
  set_text(out, "method", when.method);
  if (!when.parameters.empty()) out.set("param", match_json(when.parameters));
  if (!when.headers.empty()) out.set("header", match_json(when.headers));
  if (!when.nth.empty()) {
    Json list = Json::array();
    for (const auto number : when.nth) list.push_back(Json(static_cast<std::int64_t>(number)));
    out.set("nth", std::move(list));
  }
  return out;
}

Json action_json(const FaultAction& action) {
  Json out = Json::object({{"fault", Json(action.fault)}});
  if (!action.arguments.is_null()) out.set("arguments", action.arguments);
  set_text(out, "phase", action.phase);
  if (action.times != 1) out.set("times", Json(action.times));
  return out;
}

}  // namespace

RuleResult<void> check_fault_rule(const FaultRule& rule) {
  if (rule.fault.empty() == rule.then.empty()) {
    return rule_problem(kBad, "", rule.fault.empty() ? "the rule names neither a `fault` nor actions in `then`"
                                                     : "the rule has both a `fault` and `then`; one of them is enough");
  }
  const auto& endpoints = registries().endpoints;
  if (!rule.when.endpoint.empty() && endpoints.find(rule.when.endpoint) == nullptr) {
    std::vector<std::string> names;
    for (const auto& known : endpoints.all()) names.push_back(known.name);
    return rule_problem(kBad, "/when/endpoint", "there is no endpoint `" + rule.when.endpoint.substr(0, 80) + "`" +
                                                    did_you_mean(rule.when.endpoint, names));
  }
  if (rule.times < 0) return rule_problem(kBad, "/times", "`times` is negative; 0 means always");
  if (!(rule.probability > 0 && rule.probability <= 1)) {
    return rule_problem(kBad, "/probability", "`probability` is not a number above 0, up to 1");
  }
  if (rule.times != 1 && rule.afterwards == Afterwards::Repeat) {
    return rule_problem(kBad, "/afterwards", "`repeat` goes on for ever, so that `times` means nothing");
  }
  if (rule.times == 0 && rule.afterwards == Afterwards::Fail) {
    return rule_problem(kBad, "/afterwards", "`times: 0` goes on for ever, so that nothing can come afterwards");
  }
  if (!rule.fault.empty()) return check_action({rule.fault, rule.arguments, rule.phase, 1}, rule.when, "");
  if (!rule.phase.empty() || !rule.arguments.is_null()) {
    return rule_problem(kBad, rule.phase.empty() ? "/arguments" : "/phase",
                        "`phase` and `arguments` stand in each action of `then`");
  }
  for (std::size_t i = 0; i < rule.then.size(); ++i) {
    if (auto checked = check_action(rule.then[i], rule.when, "/then/" + std::to_string(i)); !checked) return checked;
  }
  return {};
}

RuleResult<FaultRule> parse_fault_rule(const Json& value) {
  FaultRule rule;
  auto done = only(value, "", {"fault", "arguments", "phase", "when", "times", "then", "afterwards", "after",
                               "probability", "name"}, "a rule");
  if (done) done = read_text(value, "", "fault", rule.fault);
  if (done) done = read_text(value, "", "phase", rule.phase);
  if (done) done = read_text(value, "", "name", rule.name);
  if (done) done = read_when(value, rule.when);
  if (done) done = read_then(value, rule.then);
  if (done) done = read_number(value, "", "times", 0, "; 0 means always", rule.times);
  if (done) done = read_number(value, "", "after", 0, "", rule.after);
  if (done) done = read_probability(value, rule.probability);
  if (done) done = read_afterwards(value, rule.afterwards);
  if (const Json* arguments = value.find("arguments")) rule.arguments = *arguments;
  if (done) done = check_fault_rule(rule);
  if (done) return rule;
  auto problem = done.error();
  const Json* then = value.find("then");
  // A single action may stand without a list around it.
  if (then != nullptr && then->is_object() && problem.pointer.starts_with("/then/0")) problem.pointer.erase(5, 2);
  return tl::unexpected(std::move(problem));
}

Json fault_rule_to_json(const FaultRule& rule) {
  Json out = rule.fault.empty() ? Json::object() : action_json({rule.fault, rule.arguments, rule.phase, 1});
  set_text(out, "name", rule.name);
  if (Json when = when_json(rule.when); !when.as_object()->empty()) out.set("when", std::move(when));
  if (!rule.then.empty()) {
    Json then = Json::array();
    for (const auto& action : rule.then) then.push_back(action_json(action));
    out.set("then", std::move(then));
  }
  if (rule.times != 1) out.set("times", Json(rule.times));
  if (rule.after != 0) out.set("after", Json(static_cast<std::int64_t>(rule.after)));
  if (rule.probability < 1) out.set("probability", Json(rule.probability));
  if (rule.afterwards != Afterwards::Behave) {
    out.set("afterwards", rule.afterwards == Afterwards::Fail ? "fail" : "repeat");
  }
  return out;
}

Json fault_description_to_json(const FaultDescription& fault) {
  const auto texts = [](const std::vector<std::string>& values) {
    Json list = Json::array();
    for (const auto& value : values) list.push_back(Json(value));
    return list;
  };
  Json out = Json::object({{"name", fault.name}, {"layer", fault.layer}, {"title", fault.title}, {"phase", fault.phase},
                           {"phases", texts(fault.phases)}});
  if (!fault.other_names.empty()) out.set("other_names", texts(fault.other_names));
  set_text(out, "endpoint", fault.endpoint);
  set_text(out, "grant_type", fault.grant_type);
  Json arguments = Json::array();
  for (const auto& argument : fault.arguments) {
    arguments.push_back(Json::object({{"name", argument.name}, {"kind", argument.kind}, {"meaning", argument.meaning},
                                      {"required", argument.required}}));
  }
  out.set("arguments", std::move(arguments));
  Json rule = Json::object({{"fault", fault.name}});
  const auto rest = fault.example_rule.empty() ? Json::object() : Json::parse(fault.example_rule).value_or(Json::object());
  for (const auto& [name, value] : *rest.as_object()) rule.set(name, value);
  out.set("example", Json::object({{"rule", std::move(rule)}, {"asks", fault.example_asks}, {"shows", fault.example_shows}}));
  return out;
}

Json fault_state_to_json(const FaultRuleState& state) {
  Json out = Json::object({{"id", Json(static_cast<std::int64_t>(state.id))},
                           {"rule", fault_rule_to_json(state.rule)},
                           {"matched", Json(static_cast<std::int64_t>(state.matched))},
                           {"fired", Json(state.fired)},
                           {"unexpected", Json(static_cast<std::int64_t>(state.unexpected))},
                           {"over", state.is_over}});
  set_text(out, "missed", state.missed);
  return out;
}

}  // namespace mockoauth::server
