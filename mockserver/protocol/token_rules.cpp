#include "protocol/token_rules.hpp"

#include <regex>
#include <utility>

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

// Longer ones are compared as text only: the library's expressions recurse for every character.
constexpr std::size_t kMostMatched = 1024;

bool fits_value(const std::string& match, const std::string& value) {
  if (match == "*" || match == value) return true;
  if (value.size() > kMostMatched) return false;
  try {
    return std::regex_match(value, std::regex(match));
  } catch (const std::regex_error&) {
    return false;  // A text that is no expression, or one that takes too long.
  }
}

bool fits_rule(const TokenRule& rule, const Parameters& parameters) {
  if (rule.parameter.empty()) return true;
  for (const auto& [name, value] : parameters.pairs()) {
    if (name == rule.parameter && fits_value(rule.match, value)) return true;
  }
  return false;
}

// What is sent for a placeholder is not looked through for others.
std::string filled(std::string_view text, const Parameters& parameters, const std::string& client_id) {
  std::string out;
  while (true) {
    const auto start = text.find("${");
    const auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) return out += text;
    const auto name = text.substr(start + 2, end - start - 2);
    const auto value = name == "clientId" ? std::optional(client_id) : parameters.first(name);
    out += text.substr(0, start);
    out += value ? *value : std::string(text.substr(start, end - start + 1));
    text.remove_prefix(end + 1);
  }
}

Json filled(const Json& value, const Parameters& parameters, const std::string& client_id) {
  if (const auto* text = value.as_string()) return Json(filled(std::string_view(*text), parameters, client_id));
  if (const auto* items = value.as_array()) {
    Json out = Json::array();
    for (const auto& item : *items) out.push_back(filled(item, parameters, client_id));
    return out;
  }
  if (const auto* members = value.as_object()) {
    Json out = Json::object();
    for (const auto& [name, member] : *members) out.set(name, filled(member, parameters, client_id));
    return out;
  }
  return value;
}

}  // namespace

std::shared_ptr<const TokenOverride> find_token_rule(const RealmState& realm, const Parameters& parameters,
                                                     const std::string& client_id) {
  for (const auto& rule : realm.options.token_rules) {
    if (!fits_rule(rule, parameters)) continue;
    TokenOverride found{filled(rule.claims, parameters, client_id), rule.typ};
    if (!found.claims.is_object()) found.claims = Json::object();
    return std::make_shared<const TokenOverride>(std::move(found));
  }
  return nullptr;
}

std::shared_ptr<const TokenOverride> with_claims_of(const User& user, const TokenOverride& override) {
  auto merged = override;
  if (user.claims.is_object()) {
    merged.claims = user.claims;
    for (const auto& [name, value] : *override.claims.as_object()) merged.claims.set(name, value);
  }
  return std::make_shared<const TokenOverride>(std::move(merged));
}

void apply_to_login(Login& login, std::shared_ptr<const TokenOverride> override) {
  for (const auto& [name, value] : *override->claims.as_object()) {
    const auto* text = value.as_string();
    if (name == "sub" && text != nullptr) login.user.sub = *text;
    else if (name == "name" && text != nullptr) login.user.name = *text;
    else if (name == "email" && text != nullptr) login.user.email = *text;
    else if (name != "aud") login.user.claims.set(name, value);
  }
  login.token_override = std::move(override);
}

void override_claims(Json& claims, const Login& login, bool keeps_audience) {
  if (login.token_override == nullptr) return;
  for (const auto& [name, value] : *login.token_override->claims.as_object()) {
    if (name == "aud" && keeps_audience) continue;
    claims.set(name, value);
  }
}

}  // namespace mockoauth::server
