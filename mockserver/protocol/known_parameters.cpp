#include "protocol/known_parameters.hpp"

#include <algorithm>
#include <array>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1, OAuth 2.0 Multiple Response Types §2.1, RFC 8707 §2, RFC 9101 §5,
// RFC 9126 §4, RFC 9396 §2, RFC 9449 §10. What only some servers understand is in `authorize.optional` of those.
constexpr std::array<std::string_view, 22> kStandard = {
    "response_type", "client_id",  "redirect_uri", "scope",      "state",         "code_challenge",
    "code_challenge_method", "nonce", "response_mode", "request", "request_uri",  "resource",
    "authorization_details", "dpop_jkt", "display", "prompt",    "max_age",       "ui_locales",
    "id_token_hint", "login_hint", "acr_values",   "claims"};

bool rules_look_at(const Profile& profile, std::string_view name) {
  const auto* rules = profile.knob("authorize.rules").as_array();
  return rules != nullptr && std::any_of(rules->begin(), rules->end(), [&](const Json& rule) {
    const Json* when = rule.find("when");
    const Json* asked = when == nullptr ? nullptr : when->find("param");
    return asked != nullptr && asked->find(name) != nullptr;
  });
}

}  // namespace

std::vector<std::string> ignored_parameters(const Profile& profile, const mimir::codec::Parameters& parameters) {
  const auto required = profile.list("authorize.required");
  std::vector<std::string> ignored;
  for (const auto& pair : parameters.pairs()) {
    const std::string& name = pair.first;
    if (std::find(kStandard.begin(), kStandard.end(), name) != kStandard.end()) continue;
    if (profile.lists("authorize.optional", name) || rules_look_at(profile, name)) continue;
    const bool is_required = std::any_of(required.begin(), required.end(), [&](const auto& wanted) {
      return wanted.substr(0, wanted.find('=')) == name;
    });
    const auto shown = name.substr(0, 64);
    if (!is_required && !contains(ignored, shown)) ignored.push_back(shown);
  }
  return ignored;
}

}  // namespace mockoauth::server
