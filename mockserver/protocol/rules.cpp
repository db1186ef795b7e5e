#include "protocol/rules.hpp"

#include <algorithm>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

bool value_fits(const std::string& wanted, const std::optional<std::string>& seen) {
  if (wanted == "*present") return seen.has_value();
  if (wanted == "*absent") return !seen.has_value();
  return seen == wanted;
}

bool text_is(const Json& wanted, std::string_view seen) {
  const auto* text = wanted.as_string();
  return text != nullptr && *text == seen;
}

template <class Lookup>
bool all_fit(const Json& wanted, Lookup lookup) {
  const auto* members = wanted.as_object();
  return members != nullptr && std::all_of(members->begin(), members->end(), [&](const auto& member) {
    const auto* text = member.second.as_string();
    return text != nullptr && value_fits(*text, lookup(member.first));
  });
}

// A key that is not in the closed set matches nothing: a rule must not strike by being misspelt.
bool fits(const std::string& key, const Json& wanted, const RuleFacts& facts) {
  if (key == "param") return all_fit(wanted, [&](const auto& name) { return facts.parameters.first(name); });
  if (key == "header") return all_fit(wanted, [&](const auto& name) { return facts.request.header(name); });
  if (key == "client") return text_is(wanted, facts.is_public_client ? "public" : "confidential");
  if (key == "redirect") return text_is(wanted, facts.redirect);
  if (key == "grant") return text_is(wanted, facts.grant_type);
  if (key == "first_consent") return wanted.as_bool() == facts.first_consent;
  if (key == "scope") {
    return std::any_of(facts.scopes.begin(), facts.scopes.end(), [&](const auto& s) { return text_is(wanted, s); });
  }
  if (key == "audience") {
    const auto asked = facts.parameters.first("audience");
    const auto value = asked ? asked : facts.parameters.first("resource");
    return value && text_is(wanted, *value);
  }
  return false;
}

template <class T>
void take(std::optional<T>& entry, std::optional<T> value) {
  if (!entry) entry = std::move(value);
}

std::optional<std::vector<std::string>> texts(const Json& then, std::string_view name) {
  const Json* member = then.find(name);
  if (member == nullptr || !member->is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& item : *member->as_array()) {
    if (const auto* text = item.as_string()) list.push_back(*text);
  }
  return list;
}

}  // namespace

RuleEffects apply_rules(const Json& rules, const RuleFacts& facts) {
  RuleEffects effects;
  const auto* list = rules.as_array();
  if (list == nullptr) return effects;
  for (const auto& rule : *list) {
    const Json* when = rule.find("when");
    const Json* then = rule.find("then");
    if (then == nullptr) continue;
    if (when != nullptr && when->is_object()) {
      const auto& keys = *when->as_object();
      const auto fit = [&](const auto& key) { return fits(key.first, key.second, facts); };
      if (!std::all_of(keys.begin(), keys.end(), fit)) continue;
    }
    take(effects.refresh, then->bool_at("refresh"));
    take(effects.id_token, then->bool_at("id_token"));
    take(effects.require_pkce, then->bool_at("require_pkce"));
    take(effects.access_format, then->string_at("access_format"));
    take(effects.rotation, then->string_at("rotation"));
    take(effects.access_ttl_s, then->int_at("access_ttl_s"));
    take(effects.refresh_absolute_ttl_s, then->int_at("refresh_absolute_ttl_s"));
    take(effects.refresh_idle_ttl_s, then->int_at("refresh_idle_ttl_s"));
    take(effects.manual_code, then->string_at("manual_code"));
    take(effects.scope_grant, texts(*then, "scope_grant"));
    if (const auto error = then->string_at("error")) take(effects.error, parse_condition(*error));
  }
  return effects;
}

}  // namespace mockoauth::server
